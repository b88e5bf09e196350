//! The normal and chi-square distributions: tails and quantiles in decimals.
//!
//! Everything rests on the regularised incomplete gamma function with a whole or half-whole shape. Tails are correct to
//! about 26 decimal places; a quantile to that over the density, which is 20 digits or more for any level up to
//! 0.99999999. Out of range is none.
//!
//! Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 6.1.40, 6.5.21, 6.5.29, 6.5.31, 26.2.11, 26.2.23,
//! 26.4.17.

use super::checked::{Checked, checked};
use super::numerics;
use crate::values::Decimal;

/// π to 28 digits.
const PI: Decimal = Decimal::PI;
/// Terms allowed in a series: enough for shapes beyond 10^9, so a sum always ends.
const MOST_TERMS: u64 = 1_000_000;
/// Steps allowed in a search for a quantile; fewer than ten are usual.
const MOST_STEPS: usize = 200;

/// The probability that a standard normal variable is at most `z`.
pub fn normal_cdf(z: Decimal) -> Option<Decimal> {
    let tail = normal_upper_tail(z.abs())?;
    Some(if z.is_sign_negative() { tail } else { Decimal::ONE - tail })
}

/// The probability above `z ≥ 0`: half of the chi-square tail with one degree of freedom at z², which loses digits near
/// zero, so there one half less the area up to z.
fn normal_upper_tail(z: Decimal) -> Option<Decimal> {
    // Above 12 the tail is below 28 decimal places.
    if z > Decimal::from(12) {
        return Some(Decimal::ZERO);
    }
    if z < Decimal::ONE {
        return Some(Decimal::new(5, 1) - area_from_zero(z)?);
    }
    Some(chi_square_upper_tail(z * z, 1)? / Decimal::TWO)
}

/// The probability between 0 and `z < 1`: φ(z) (z + z³/3 + z⁵/(3·5) + …), whose terms vanish within about 30.
fn area_from_zero(z: Decimal) -> Option<Decimal> {
    let (mut term, mut sum, mut odd) = (z, z, 1i64);
    while !term.is_zero() {
        odd += 2;
        term = term * z * z / Decimal::from(odd);
        sum += term;
    }
    density(z)?.checked_mul(sum)
}

/// The standard normal density φ(z).
fn density(z: Decimal) -> Option<Decimal> {
    ((checked(z).squared() / -2).exp() / (checked(PI) * 2).sqrt()).get()
}

/// The `z` below which a standard normal variable falls with probability `p`; none unless 0 < p < 1.
///
/// Newton's iteration on the tail from the rational approximation 26.2.23.
pub fn normal_quantile(p: Decimal) -> Option<Decimal> {
    if p <= Decimal::ZERO || p >= Decimal::ONE {
        return None;
    }
    let tail = p.min(Decimal::ONE - p);
    let mut z = first_deviate(tail)?;
    let mut last_step = Decimal::MAX;
    for _ in 0..MOST_STEPS {
        let excess = if z.is_sign_negative() { Decimal::ONE - normal_upper_tail(-z)? } else { normal_upper_tail(z)? };
        let step = (excess - tail).checked_div(density(z)?)?;
        // Once a step no longer shrinks, only the rounding of the tail is left.
        if step.abs() >= last_step {
            break;
        }
        z = z.checked_add(step)?;
        last_step = step.abs();
    }
    Some(if p < Decimal::new(5, 1) { -z } else { z })
}

/// The deviate with `tail` above it, within 0.00045: the starting point.
fn first_deviate(tail: Decimal) -> Option<Decimal> {
    let t = (checked(tail).ln() * -2).sqrt();
    let over = (t * Decimal::new(10_328, 6) + Decimal::new(802_853, 6)) * t + Decimal::new(2_515_517, 6);
    let under = ((t * Decimal::new(1_308, 6) + Decimal::new(189_269, 6)) * t + Decimal::new(1_432_788, 6)) * t + 1;
    (t - over / under).get()
}

/// The probability that a chi-square variable with `degrees` of freedom exceeds `value`; none for a negative value and
/// for no degrees of freedom.
pub fn chi_square_upper_tail(value: Decimal, degrees: u64) -> Option<Decimal> {
    Gamma::new(degrees)?.upper_tail(value.checked_div(Decimal::TWO)?)
}

/// The value that a chi-square variable with `degrees` of freedom stays below with probability `p`; none unless
/// 0 < p < 1.
///
/// Newton's iteration from the Wilson–Hilferty approximation, kept inside a bracket that every step narrows.
pub fn chi_square_quantile(p: Decimal, degrees: u64) -> Option<Decimal> {
    let gamma = Gamma::new(degrees)?;
    let mut x = gamma.first_quantile(p)?;
    let (mut low, mut high) = (Decimal::ZERO, Decimal::MAX);
    for _ in 0..MOST_STEPS {
        let excess = Decimal::ONE - gamma.upper_tail(x)? - p;
        if excess.is_zero() {
            break;
        }
        if excess.is_sign_negative() {
            low = x
        } else {
            high = x
        }
        let density = gamma.front(x)?.checked_div(x)?;
        let newton = excess.checked_div(density).and_then(|step| x.checked_sub(step)).filter(|x| *x > low && *x < high);
        // A Newton step doubles the digits, so after one this small only the rounding of the tail is left.
        if let Some(next) = newton.filter(|next| (next - x).abs() < x * Decimal::new(1, 14)) {
            return next.checked_mul(Decimal::TWO);
        }
        x = match newton {
            Some(next) => next,
            None if high == Decimal::MAX => x.checked_mul(Decimal::TWO)?,
            None => low + (high - low) / Decimal::TWO,
        };
    }
    x.checked_mul(Decimal::TWO)
}

/// The gamma distribution with unit scale and a shape that is a multiple of one half.
struct Gamma {
    shape: Decimal,
    ln_gamma: Decimal,
}

impl Gamma {
    /// The distribution of half a chi-square variable with `degrees` of freedom.
    fn new(degrees: u64) -> Option<Self> {
        if degrees == 0 {
            return None;
        }
        let shape = Decimal::from(degrees) / Decimal::TWO;
        Some(Self { shape, ln_gamma: ln_gamma(shape)? })
    }

    /// x^a e^(−x) / Γ(a), the factor before every expansion.
    fn front(&self, x: Decimal) -> Option<Decimal> {
        (checked(x).ln() * self.shape - x - self.ln_gamma).exp().get()
    }

    /// The probability above `x`.
    fn upper_tail(&self, x: Decimal) -> Option<Decimal> {
        if x.is_sign_negative() && !x.is_zero() {
            return None;
        }
        if x.is_zero() {
            return Some(Decimal::ONE);
        }
        if x < self.shape.checked_add(Decimal::ONE)? {
            return Some(Decimal::ONE - self.front(x)?.checked_mul(self.rising_series(x)?)?);
        }
        let base = if self.shape.is_integer() { numerics::exp(-x)? } else { half_tail(x)? };
        base.checked_add(self.front(x)?.checked_mul(self.falling_series(x)?)?)
    }

    /// 1/a + x/(a(a+1)) + x²/(a(a+1)(a+2)) + …, for the probability below x.
    fn rising_series(&self, x: Decimal) -> Option<Decimal> {
        let mut term = Decimal::ONE.checked_div(self.shape)?;
        let (mut sum, mut divisor) = (term, self.shape);
        for _ in 0..MOST_TERMS {
            divisor += Decimal::ONE;
            term = term.checked_mul(x)?.checked_div(divisor)?;
            if term.is_zero() {
                return Some(sum);
            }
            sum += term;
        }
        None
    }

    /// 1/x + (a−1)/x² + (a−1)(a−2)/x³ + …, which ends where the factor falls to zero or below: what the tail has above
    /// the tail of shape 1 or 1/2.
    fn falling_series(&self, x: Decimal) -> Option<Decimal> {
        let mut term = Decimal::ONE.checked_div(x)?;
        let (mut sum, mut factor) = (Decimal::ZERO, self.shape - Decimal::ONE);
        for _ in 0..MOST_TERMS {
            if factor <= Decimal::ZERO || term.is_zero() {
                return Some(sum);
            }
            sum += term;
            term = term.checked_mul(factor)?.checked_div(x)?;
            factor -= Decimal::ONE;
        }
        None
    }

    /// The Wilson–Hilferty approximation of the quantile, or a tenth of the mean where that is not positive.
    fn first_quantile(&self, p: Decimal) -> Option<Decimal> {
        let z = normal_quantile(p)?;
        let ninth = checked(1) / (checked(self.shape) * 9);
        let root = (checked(1) - ninth + ninth.sqrt() * z).get()?;
        let cube = root.max(Decimal::new(1, 1)).checked_mul(root)?.checked_mul(root)?;
        cube.max(Decimal::new(1, 3)).checked_mul(self.shape)
    }
}

/// The upper tail of the gamma distribution with shape 1/2, for x of at least 3/2, by its continued fraction.
fn half_tail(x: Decimal) -> Option<Decimal> {
    let half = Decimal::new(5, 1);
    let depth = 300i64;
    let floor = x.checked_add(half)?;
    let mut fraction = floor + Decimal::from(2 * depth);
    // From the innermost term outwards; at x = 3/2 the 300th term is far below the last digit.
    for i in (1..=depth).rev() {
        let i = Decimal::from(i);
        fraction = floor + Decimal::TWO * (i - Decimal::ONE) - (i * (i - half)).checked_div(fraction)?;
    }
    let front = (-checked(x)).exp() * checked(x).sqrt() / checked(PI).sqrt();
    (front / fraction).get()
}

/// Coefficients of Stirling's series B₂ₖ / (2k (2k − 1)), from k = 1.
const STIRLING: [(i64, i64); 12] = [
    (1, 12),
    (-1, 360),
    (1, 1_260),
    (-1, 1_680),
    (1, 1_188),
    (-691, 360_360),
    (1, 156),
    (-3_617, 122_400),
    (43_867, 244_188),
    (-174_611, 125_400),
    (77_683, 5_796),
    (-236_364_091, 1_506_960),
];

/// The logarithm of the gamma function for a positive argument: Stirling's series from 20 up, below it by recurrence.
fn ln_gamma(a: Decimal) -> Option<Decimal> {
    let (mut shifted, mut product) = (a, Decimal::ONE);
    while shifted < Decimal::from(20) {
        product = product.checked_mul(shifted)?;
        shifted += Decimal::ONE;
    }
    let inverse_square = (checked(1) / shifted).squared();
    let series = STIRLING.iter().rev().fold(checked(0), |sum: Checked, (over, under)| {
        sum * inverse_square + checked(Decimal::from(*over)) / Decimal::from(*under)
    });
    let stirling = (checked(shifted) - Decimal::new(5, 1)) * numerics::ln(shifted) - shifted
        + (checked(PI) * 2).ln() / 2
        + series / shifted;
    (stirling - checked(product).ln()).get()
}

#[cfg(test)]
mod tests {
    use super::super::expected::{close, figure};
    use super::*;

    // Expected values: mpmath at 50 digits: ncdf(z); sqrt(2) erfinv(2p - 1); gammainc(k/2, x/2, inf, regularized=True);
    // and the quantile by 180 bisections of gammainc(k/2, 0, x/2, regularized=True) - p.

    #[test]
    fn normal_probabilities_match_mpmath() {
        for (z, expected) in [
            ("0.5", "0.691462461274013103637704610608"),
            ("1", "0.841344746068542948585232545632"),
            ("1.959963984540054", "0.974999999999999986234748637706"),
            ("-1", "0.158655253931457051414767454368"),
            ("-2.5", "0.00620966532577613516697810457419"),
            ("3", "0.998650101968369905473348185232"),
            ("4.75", "0.999998982916757431296828740818"),
            ("-6", "0.000000000986587645037698140700864132398"),
            ("0.01", "0.503989356314631603701789997908"),
            ("8", "0.999999999999999377903942572822"),
        ] {
            close(normal_cdf(figure(z)).unwrap(), expected, "1e-26");
        }
        assert_eq!(normal_cdf(figure("13")), Some(Decimal::ONE));
        assert_eq!(normal_cdf(Decimal::MIN), Some(Decimal::ZERO));
    }

    #[test]
    fn normal_quantiles_match_mpmath() {
        for (p, expected) in [
            ("0.975", "1.95996398454005423552459443052"),
            ("0.95", "1.64485362695147271486384890799"),
            ("0.995", "2.5758293035489007609785767486"),
            ("0.9", "1.28155156554460046696510332945"),
            ("0.6", "0.253347103135799798798196181424"),
            ("0.025", "-1.95996398454005423552459443052"),
            ("0.999", "3.09023230616781354154039983011"),
            ("0.9999999", "5.19933758219281693158734726696"),
            ("0.0000001", "-5.19933758219281693158734726696"),
            ("0.500001", "0.00000250662827463362543740672479397"),
        ] {
            close(normal_quantile(figure(p)).unwrap(), expected, "1e-20");
        }
        close(normal_quantile(figure("0.5")).unwrap(), "0", "1e-26");
        for p in ["0", "1", "-0.1", "1.5"] {
            assert_eq!(normal_quantile(figure(p)), None, "{p}");
        }
        for p in ["0.0000000000000000000000000001", "0.9999999999999999999999999999"] {
            assert!(normal_quantile(figure(p)).is_none_or(|z| z.abs() > Decimal::from(10)), "{p}");
        }
    }

    #[test]
    fn chi_square_tails_match_mpmath() {
        for (value, degrees, expected) in [
            ("3.841458820694124", 1, "0.0500000000000000583972808652305"),
            ("10.3267419549", 1, "0.00131116452034528183848332684992"),
            ("5.991", 2, "0.0500116150265790810879758854107"),
            ("0.5", 3, "0.91889141165467585936411532352"),
            ("18.307", 10, "0.0500005890913980987317285861539"),
            ("12.3", 5, "0.0309004646354609174028044051307"),
            ("40", 7, "0.00000125879038737130877897305519168"),
            ("100", 101, "0.509424503971883868070667787291"),
            ("250", 200, "0.00937913166882609610721551288846"),
            ("2010", 2000, "0.433139055333915735696684366621"),
            ("0.001", 1, "0.974772879369960388542257546455"),
            ("1990.5", 2001, "0.561875552625532332177992615485"),
        ] {
            close(chi_square_upper_tail(figure(value), degrees).unwrap(), expected, "1e-24");
        }
        assert_eq!(chi_square_upper_tail(Decimal::ZERO, 3), Some(Decimal::ONE));
        assert_eq!(chi_square_upper_tail(Decimal::MAX, 1), Some(Decimal::ZERO));
        assert_eq!(chi_square_upper_tail(figure("-1"), 1), None);
        assert_eq!(chi_square_upper_tail(Decimal::ONE, 0), None);
    }

    #[test]
    fn chi_square_quantiles_match_mpmath() {
        for (p, degrees, expected) in [
            ("0.95", 1, "3.84145882069412595836137543736"),
            ("0.975", 2, "7.3777589082278726057049113952"),
            ("0.025", 2, "0.0506356159685797508074460382257"),
            ("0.025", 20, "9.59077739226486727137310657535"),
            ("0.975", 22, "36.7807120840355574406570272199"),
            ("0.995", 5, "16.7496023436390442240839469572"),
            ("0.05", 1, "0.00393214000001952273130946817117"),
            ("0.025", 2000, "1877.94603681539043124709911191"),
            ("0.975", 20002, "20395.9032493229459506508833183"),
            ("0.005", 3, "0.0717217745864919764948153211477"),
        ] {
            close(chi_square_quantile(figure(p), degrees).unwrap(), expected, "1e-22");
        }
        for (p, degrees) in [("0", 1), ("1", 1), ("0.5", 0)] {
            assert_eq!(chi_square_quantile(figure(p), degrees), None, "{p} {degrees}");
        }
    }
}
