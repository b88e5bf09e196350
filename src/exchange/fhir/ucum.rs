//! Units of measure and exact conversion between them.
//!
//! Source: The Unified Code for Units of Measure, <https://ucum.org/ucum>: grammar, prefixes, factors. Narrower than UCUM on
//! purpose, because a wrong factor is a wrong settlement: amounts of substance, percentages and arbitrary units are
//! dimensions of their own, and nothing is cancelled, so that neither `mmol/mol` nor `mg/g` turns into `%`; scales that do
//! not start at zero (`Cel`, `[degF]`) convert to themselves only; a result that has no end in decimals is refused.
//! Annotations such as `{score}` say nothing about the size of a unit (UCUM §6).

use rust_decimal::Decimal;

/// An atom: symbol, whether it takes prefixes, numerator and denominator of its factor, dimensions above and below the line.
type Atom = (&'static str, bool, i128, i128, &'static [&'static str], &'static [&'static str]);

const ATOMS: [Atom; 44] = [
    ("10*", false, 10, 1, &[], &[]),
    ("10^", false, 10, 1, &[], &[]),
    ("m", true, 1, 1, &["m"], &[]),
    ("g", true, 1, 1, &["g"], &[]),
    ("s", true, 1, 1, &["s"], &[]),
    ("K", true, 1, 1, &["K"], &[]),
    ("mol", true, 1, 1, &["mol"], &[]),
    ("eq", true, 1, 1, &["eq"], &[]),
    ("osm", true, 1, 1, &["osm"], &[]),
    ("V", true, 1, 1, &["V"], &[]),
    ("deg", false, 1, 1, &["deg"], &[]),
    ("%", false, 1, 1, &["%"], &[]),
    ("[ppm]", false, 1, 1, &["[ppm]"], &[]),
    ("[iU]", true, 1, 1, &["[iU]"], &[]),
    ("[IU]", true, 1, 1, &["[iU]"], &[]),
    ("[pH]", false, 1, 1, &["[pH]"], &[]),
    ("[CFU]", true, 1, 1, &["[CFU]"], &[]),
    ("Cel", false, 1, 1, &["Cel"], &[]),
    ("[degF]", false, 1, 1, &["[degF]"], &[]),
    ("l", true, 1, 1000, &["m", "m", "m"], &[]),
    ("L", true, 1, 1000, &["m", "m", "m"], &[]),
    ("min", false, 60, 1, &["s"], &[]),
    ("h", false, 3_600, 1, &["s"], &[]),
    ("d", false, 86_400, 1, &["s"], &[]),
    ("wk", false, 604_800, 1, &["s"], &[]),
    ("mo", false, 2_629_800, 1, &["s"], &[]),
    ("a", false, 31_557_600, 1, &["s"], &[]),
    ("Hz", true, 1, 1, &[], &["s"]),
    ("N", true, 1_000, 1, &["g", "m"], &["s", "s"]),
    ("Pa", true, 1_000, 1, &["g"], &["m", "s", "s"]),
    ("bar", true, 100_000_000, 1, &["g"], &["m", "s", "s"]),
    ("m[Hg]", true, 133_322_000, 1, &["g"], &["m", "s", "s"]),
    ("m[H2O]", true, 9_806_650, 1, &["g"], &["m", "s", "s"]),
    ("J", true, 1_000, 1, &["g", "m", "m"], &["s", "s"]),
    ("W", true, 1_000, 1, &["g", "m", "m"], &["s", "s", "s"]),
    ("cal", true, 4_184, 1, &["g", "m", "m"], &["s", "s"]),
    ("kat", true, 1, 1, &["mol"], &["s"]),
    ("U", true, 1, 60_000_000, &["mol"], &["s"]),
    ("t", true, 1_000_000, 1, &["g"], &[]),
    ("[in_i]", false, 254, 10_000, &["m"], &[]),
    ("[ft_i]", false, 3_048, 10_000, &["m"], &[]),
    ("[lb_av]", false, 45_359_237, 100_000, &["g"], &[]),
    ("[oz_av]", false, 45_359_237, 1_600_000, &["g"], &[]),
    ("[drp]", false, 1, 1, &["[drp]"], &[]),
];

/// Prefixes and their powers of ten.
const PREFIXES: [(&str, i32); 16] = [
    ("da", 1),
    ("T", 12),
    ("G", 9),
    ("M", 6),
    ("k", 3),
    ("h", 2),
    ("d", -1),
    ("c", -2),
    ("m", -3),
    ("u", -6),
    ("n", -9),
    ("p", -12),
    ("f", -15),
    ("a", -18),
    ("z", -21),
    ("y", -24),
];

/// A unit: its factor over the base units, and these above and below the line, in the order of the alphabet.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Unit {
    over: i128,
    under: i128,
    above: Vec<&'static str>,
    below: Vec<&'static str>,
}

/// Why a value cannot be converted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unlike {
    /// One of the units is not known.
    Unknown,
    /// The units measure different things.
    Dimension,
    /// The result has more digits than a decimal holds.
    Inexact,
}

impl Unlike {
    /// The reason in words.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Unknown => "it is no unit of UCUM that is known here",
            Self::Dimension => "it measures something else, and no factor leads from one to the other",
            Self::Inexact => "the converted value has no exact decimal",
        }
    }
}

/// Converts a value exactly.
pub fn convert(value: Decimal, from: &str, to: &str) -> Result<Decimal, Unlike> {
    if from == to {
        return Ok(value);
    }
    let (from, to) = (read(from).ok_or(Unlike::Unknown)?, read(to).ok_or(Unlike::Unknown)?);
    if (&from.above, &from.below) != (&to.above, &to.below) {
        return Err(Unlike::Dimension);
    }
    let factor = from.times(&Unit { over: to.under, under: to.over, ..Unit::one() }).ok_or(Unlike::Inexact)?;
    scaled(value, factor.over, factor.under).ok_or(Unlike::Inexact)
}

/// `value × over ÷ under`, when that is a decimal.
fn scaled(value: Decimal, over: i128, under: i128) -> Option<Decimal> {
    let mut whole = value.mantissa().checked_mul(over)?;
    let mut scale = value.scale();
    let shared = gcd(whole, under).abs();
    whole /= shared;
    let mut under = under / shared;
    while under != 1 {
        let (divisor, factor) = [(10, 1), (2, 5), (5, 2)].into_iter().find(|(divisor, _)| under % divisor == 0)?;
        (under, whole, scale) = (under / divisor, whole.checked_mul(factor)?, scale + 1);
    }
    while scale > 0 && whole % 10 == 0 {
        (whole, scale) = (whole / 10, scale - 1);
    }
    Decimal::try_from_i128_with_scale(whole, scale).ok()
}

/// Whether a text is a unit that is known here.
pub fn is_known(unit: &str) -> bool {
    read(unit).is_some()
}

impl Unit {
    const fn one() -> Self {
        Self { over: 1, under: 1, above: Vec::new(), below: Vec::new() }
    }

    fn times(mut self, other: &Self) -> Option<Self> {
        let (over, under) = (self.over.checked_mul(other.over)?, self.under.checked_mul(other.under)?);
        let shared = gcd(over, under);
        (self.over, self.under) = (over / shared, under / shared);
        self.above.extend(&other.above);
        self.below.extend(&other.below);
        self.above.sort_unstable();
        self.below.sort_unstable();
        // No unit of measure has more; the bound ends `m9.m9.m9…`.
        (self.above.len() + self.below.len() <= 20).then_some(self)
    }

    fn inverted(self) -> Self {
        Self { over: self.under, under: self.over, above: self.below, below: self.above }
    }

    fn power(&self, exponent: i32) -> Option<Self> {
        let base = if exponent < 0 { self.clone().inverted() } else { self.clone() };
        (0..exponent.unsigned_abs()).try_fold(Self::one(), |product, _| product.times(&base))
    }
}

const fn gcd(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// Reads a unit; none when it is not known.
fn read(text: &str) -> Option<Unit> {
    let (unit, rest) = term(text, 0)?;
    rest.is_empty().then_some(unit)
}

/// `component (('.' | '/') component)*`, also with a `/` in front; gives what stands behind.
fn term(text: &str, depth: u32) -> Option<(Unit, &str)> {
    let (mut unit, mut rest) = match text.starts_with('/') {
        true => (Unit::one(), text),
        false => component(text, depth)?,
    };
    loop {
        let divides = match rest.as_bytes().first() {
            Some(b'.') => false,
            Some(b'/') => true,
            _ => return Some((unit, rest)),
        };
        let (next, behind) = component(&rest[1..], depth)?;
        unit = unit.times(&if divides { next.inverted() } else { next })?;
        rest = behind;
    }
}

/// A term in parentheses, an annotation alone, a whole number, or an atom with prefix, exponent and annotation.
fn component(text: &str, depth: u32) -> Option<(Unit, &str)> {
    if let Some(inner) = text.strip_prefix('(') {
        let (unit, rest) = term(inner, (depth < 8).then_some(depth + 1)?)?;
        return Some((unit, rest.strip_prefix(')')?));
    }
    if text.starts_with('{') {
        return Some((Unit::one(), annotation(text)?));
    }
    let symbol = symbol(text);
    let (unit, rest) = match symbol {
        "" => number(text)?,
        _ => (atom(symbol)?, &text[symbol.len()..]),
    };
    let digits =
        rest.len() - rest.trim_start_matches(['+', '-']).trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (exponent, rest) = rest.split_at(digits);
    let exponent = if exponent.is_empty() { 1 } else { exponent.parse().ok().filter(|e: &i32| e.abs() <= 30)? };
    Some((unit.power(exponent)?, if rest.starts_with('{') { annotation(rest)? } else { rest }))
}

fn annotation(text: &str) -> Option<&str> {
    text.split_once('}').map(|(_, rest)| rest)
}

/// The symbol that a text begins with; digits belong to it inside brackets and in `10*` and `10^`.
fn symbol(text: &str) -> &str {
    if text.starts_with("10*") || text.starts_with("10^") {
        return &text[..3];
    }
    let mut inside = false;
    let ends = |c: char| {
        inside = (inside || c == '[') && c != ']';
        !inside && (matches!(c, '.' | '/' | '(' | ')' | '{' | '+' | '-') || c.is_ascii_digit())
    };
    &text[..text.find(ends).unwrap_or(text.len())]
}

fn number(text: &str) -> Option<(Unit, &str)> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, rest) = text.split_at(digits);
    let over = number.parse().ok().filter(|n| (1..=1_000_000_000).contains(n))?;
    Some((Unit { over, ..Unit::one() }, rest))
}

fn atom(symbol: &str) -> Option<Unit> {
    let find = |symbol: &str| ATOMS.iter().find(|(known, ..)| *known == symbol);
    let unit = |(_, _, over, under, above, below): &Atom| Unit {
        over: *over,
        under: *under,
        above: above.to_vec(),
        below: below.to_vec(),
    };
    if let Some(found) = find(symbol) {
        return Some(unit(found));
    }
    PREFIXES.iter().find_map(|(prefix, power)| {
        let found = find(symbol.strip_prefix(prefix)?).filter(|(_, metric, ..)| *metric)?;
        Unit { over: 10, ..Unit::one() }.power(*power)?.times(&unit(found))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn convert(value: &str, from: &str, to: &str) -> Result<String, Unlike> {
        super::convert(value.parse().unwrap(), from, to).map(|value| value.to_string())
    }

    #[test]
    fn values_are_converted_exactly() {
        // Factors: UCUM tables 1 to 5; a pound is 0.45359237 kg, a metre of mercury 133.322 kPa.
        for (value, from, to, expected) in [
            ("6.5", "%", "%", "6.5"),
            ("110", "mg/dL", "g/L", "1.1"),
            ("1.1", "g/L", "mg/dL", "110"),
            ("0.9", "mg/dl", "mg/L", "9"),
            ("185", "[lb_av]", "kg", "83.91458845"),
            ("66.9", "[in_i]", "cm", "169.926"),
            ("120", "mm[Hg]", "kPa", "15.99864"),
            ("250", "10*3/uL", "10*9/L", "250"),
            ("4.12", "10*12/L", "/L", "4120000000000"),
            ("44", "/min", "{beats}/min", "44"),
            ("60", "/min", "Hz", "1"),
            ("90", "mL/min/{1.73_m2}", "mL/min", "90"),
            ("13", "{score}", "1", "13"),
            ("2", "wk", "d", "14"),
            ("48", "h", "d", "2"),
            ("30", "mg/g", "g/kg", "30"),
            ("5", "mmol/L", "umol/mL", "5"),
            ("35", "U/L", "ukat/L", "0.5833333333333333333333333333"),
            ("30", "U/L", "ukat/L", "0.5"),
            ("1", "kg/m2", "g/cm2", "0.1"),
            ("1", "mg/(24.h)", "ug/d", "1000"),
            ("1", "cm[H2O]", "Pa", "98.0665"),
        ] {
            let found = convert(value, from, to);
            if value == "35" {
                assert_eq!(found, Err(Unlike::Inexact), "{expected} goes on without end");
            } else {
                assert_eq!(found.as_deref(), Ok(expected), "{value} {from} in {to}");
            }
        }
    }

    #[test]
    fn what_is_not_the_same_thing_is_not_converted() {
        for (from, to) in [
            ("mg/dL", "mmol/L"),
            ("mmol/mol", "%"),
            ("mg/g", "%"),
            ("%", "1"),
            ("Cel", "[degF]"),
            ("Cel", "K"),
            ("[iU]/L", "U/L"),
            ("[iU]", "mg"),
            ("meq/L", "mmol/L"),
            ("kg", "m"),
            ("mL/min", "mL"),
        ] {
            assert_eq!(convert("1", from, to), Err(Unlike::Dimension), "{from} {to}");
            assert_eq!(convert("1", to, from), Err(Unlike::Dimension), "{to} {from}");
        }
        for (value, from, to) in [("1", "kPa", "mm[Hg]"), ("1", "cm", "[in_i]"), ("1", "s", "min"), ("7", "g", "Tg9")] {
            assert!(convert(value, from, to).is_err(), "{from} {to}");
        }
    }

    #[test]
    fn texts_that_are_no_units_are_unknown() {
        for bad in [
            "",
            " ",
            "mmHg",
            "lbs",
            "mg / dL",
            "mg//dL",
            "/",
            "mg/",
            "(mg",
            "mg)",
            "{score",
            "k[lb_av]",
            "m999",
            "10*99",
            "265201",
            "mg/dL ",
            "ｍg",
            "µmol/L",
            "beats",
            "99999999999999999999",
            "m-",
            "kk",
            "pmin",
            "[",
            "g.",
            "((((((((((g))))))))))",
        ] {
            let expected = if bad == "265201" { Err(Unlike::Dimension) } else { Err(Unlike::Unknown) };
            assert_eq!(convert("1", bad, "mg/dL"), expected, "{bad:?}");
        }
        assert_eq!(convert("7", "an odd unit", "an odd unit").as_deref(), Ok("7"));
        assert_eq!(convert("1", "m9.m9.m9", "m"), Err(Unlike::Unknown));
    }
}
