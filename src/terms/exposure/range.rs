//! Ranges of numbers and what arithmetic makes of them.
//!
//! Method: interval arithmetic (Moore 1966). An end that leaves the range of 28 digits counts as open, so an answer can
//! be too wide, but never too narrow.

use rust_decimal::Decimal;

/// All numbers from a smallest to a largest; an end that is none is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// Smallest, none when nothing bounds it.
    pub low: Option<Decimal>,
    /// Largest, none when nothing bounds it.
    pub high: Option<Decimal>,
}

impl Range {
    /// All numbers.
    pub const ALL: Self = Self { low: None, high: None };

    /// From a smallest to a largest.
    pub const fn new(low: Option<Decimal>, high: Option<Decimal>) -> Self {
        Self { low, high }
    }

    /// One number.
    pub const fn of(value: Decimal) -> Self {
        Self { low: Some(value), high: Some(value) }
    }

    /// From zero on.
    pub const fn not_negative() -> Self {
        Self { low: Some(Decimal::ZERO), high: None }
    }

    /// From zero to one.
    pub const fn share() -> Self {
        Self { low: Some(Decimal::ZERO), high: Some(Decimal::ONE) }
    }

    /// The one number, when there is only one.
    pub fn single(self) -> Option<Decimal> {
        self.low.filter(|low| Some(*low) == self.high)
    }

    /// What lies in one or the other, and all between.
    pub fn union(self, other: Self) -> Self {
        let low = self.low.zip(other.low).map(|(a, b)| a.min(b));
        Self { low, high: self.high.zip(other.high).map(|(a, b)| a.max(b)) }
    }

    /// What lies in both; may be empty.
    pub fn within(self, other: Self) -> Self {
        Self { low: greater(self.low, other.low), high: lesser(self.high, other.high) }
    }

    /// Tells whether nothing lies in it.
    pub fn is_empty(self) -> bool {
        self.low.zip(self.high).is_some_and(|(low, high)| low > high)
    }

    /// Tells whether zero lies in it.
    pub fn has_zero(self) -> bool {
        self.low.is_none_or(|low| low <= Decimal::ZERO) && self.high.is_none_or(|high| high >= Decimal::ZERO)
    }

    /// The sum.
    pub fn plus(self, other: Self) -> Self {
        let add = |a: Option<Decimal>, b: Option<Decimal>| a?.checked_add(b?);
        Self { low: add(self.low, other.low), high: add(self.high, other.high) }
    }

    /// The negative.
    pub fn negated(self) -> Self {
        Self { low: self.high.map(|high| -high), high: self.low.map(|low| -low) }
    }

    /// The product.
    pub fn times(self, other: Self) -> Self {
        let (a, b) = (self.ends(), other.ends());
        End::hull([a.0.times(b.0), a.0.times(b.1), a.1.times(b.0), a.1.times(b.1)])
    }

    /// The quotient; where the divisor may be zero, only the sign is known.
    pub fn divided(self, by: Self) -> Self {
        if by.single() == Some(Decimal::ZERO) {
            return Self::ALL;
        }
        if !by.has_zero() {
            let inverse = |end: Option<Decimal>| match end {
                None => Some(Decimal::ZERO),
                Some(end) => Decimal::ONE.checked_div(end),
            };
            // Dividing once keeps exact what a product with an inverse would round.
            if let (Some(value), Some(divisor)) = (self.single(), by.single())
                && let Some(quotient) = value.checked_div(divisor)
            {
                return Self::of(quotient);
            }
            if let Some(divisor) = by.single() {
                let part = |end: Option<Decimal>| end.and_then(|end| end.checked_div(divisor));
                let (low, high) = (part(self.low), part(self.high));
                return if divisor > Decimal::ZERO { Self { low, high } } else { Self { low: high, high: low } };
            }
            return self.times(Self { low: inverse(by.high), high: inverse(by.low) });
        }
        let positive = |range: Self| range.low.is_some_and(|low| low >= Decimal::ZERO);
        let negative = |range: Self| range.high.is_some_and(|high| high <= Decimal::ZERO);
        match (positive(self), negative(self), positive(by), negative(by)) {
            (true, _, true, _) | (_, true, _, true) => Self::not_negative(),
            (true, _, _, true) | (_, true, true, _) => Self::not_negative().negated(),
            _ => Self::ALL,
        }
    }

    /// The smaller of two numbers.
    pub fn smaller(self, other: Self) -> Self {
        Self { low: self.low.zip(other.low).map(|(a, b)| a.min(b)), high: lesser(self.high, other.high) }
    }

    /// The greater of two numbers.
    pub fn larger(self, other: Self) -> Self {
        Self { low: greater(self.low, other.low), high: self.high.zip(other.high).map(|(a, b)| a.max(b)) }
    }

    /// Without sign.
    pub fn unsigned(self) -> Self {
        let mirrored = self.larger(self.negated());
        Self { low: greater(mirrored.low, Some(Decimal::ZERO)), high: mirrored.high }
    }

    /// The sum of any number of such numbers, or of at most one.
    pub fn total(self, at_most_one: bool) -> Self {
        let low = match self.low {
            Some(low) if low >= Decimal::ZERO => Some(Decimal::ZERO),
            low => low.filter(|_| at_most_one),
        };
        let high = match self.high {
            Some(high) if high <= Decimal::ZERO => Some(Decimal::ZERO),
            high => high.filter(|_| at_most_one),
        };
        Self { low, high }
    }

    /// Both ends after a function that keeps the order.
    pub fn mapped(self, f: impl Fn(Decimal) -> Option<Decimal>) -> Self {
        Self { low: self.low.and_then(&f), high: self.high.and_then(&f) }
    }

    const fn ends(self) -> (End, End) {
        let low = match self.low {
            Some(low) => End::At(low),
            None => End::Below,
        };
        let high = match self.high {
            Some(high) => End::At(high),
            None => End::Above,
        };
        (low, high)
    }
}

/// The lesser of two upper ends.
pub fn lesser(a: Option<Decimal>, b: Option<Decimal>) -> Option<Decimal> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// The greater of two lower ends.
fn greater(a: Option<Decimal>, b: Option<Decimal>) -> Option<Decimal> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.max(b)),
        (a, b) => a.or(b),
    }
}

/// An end of a range, open ends among them.
#[derive(Clone, Copy)]
enum End {
    Below,
    At(Decimal),
    Above,
}

impl End {
    /// The product; zero times an open end is zero, because every number within is finite.
    fn times(self, other: Self) -> Self {
        let sign = |end: Self| match end {
            Self::Below => -1,
            Self::Above => 1,
            Self::At(value) if value.is_zero() => 0,
            Self::At(value) => {
                if value.is_sign_negative() {
                    -1
                } else {
                    1
                }
            }
        };
        let open = |sign: i32| match sign {
            0 => Self::At(Decimal::ZERO),
            1 => Self::Above,
            _ => Self::Below,
        };
        match (self, other) {
            (Self::At(a), Self::At(b)) => a.checked_mul(b).map_or_else(|| open(sign(self) * sign(other)), Self::At),
            _ => open(sign(self) * sign(other)),
        }
    }

    fn hull(ends: [Self; 4]) -> Range {
        let mut range: Option<Range> = None;
        for end in ends {
            let next = match end {
                Self::Below => Range::new(None, Some(Decimal::MIN)),
                Self::Above => Range::new(Some(Decimal::MAX), None),
                Self::At(value) => Range::of(value),
            };
            range = Some(range.map_or(next, |range| range.union(next)));
        }
        let range = range.unwrap_or(Range::ALL);
        let low = range.low.filter(|low| *low < Decimal::MAX);
        Range { low, high: range.high.filter(|high| *high > Decimal::MIN) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads `2..5`, `..5`, `2..` and `..`.
    fn range(text: &str) -> Range {
        let (low, high) = text.split_once("..").unwrap();
        let end = |text: &str| text.parse::<Decimal>().ok();
        Range::new(end(low), end(high))
    }

    #[test]
    fn arithmetic_of_ranges() {
        for (a, sign, b, expected) in [
            ("1..2", '+', "3..4", "4..6"),
            ("1..", '+', "3..4", "4.."),
            ("1..2", '-', "3..4", "-3..-1"),
            ("..2", '-', "3..4", "..-1"),
            ("-1..2", '*', "3..4", "-4..8"),
            ("0..", '*', "0..1", "0.."),
            ("..", '*', "0..1", ".."),
            ("..", '*', "0..0", "0..0"),
            ("-2..-1", '*', "0..", "..0"),
            ("2..", '*', "-3..-1", "..-2"),
            ("1..6", '/', "2..2", "0.5..3"),
            ("1..6", '/', "-2..-2", "-3..-0.5"),
            ("1..6", '/', "2..4", "0.25..3"),
            ("1..6", '/', "0..4", "0.."),
            ("1..6", '/', "-1..4", ".."),
            ("1..", '/', "4..", "0.."),
        ] {
            let (x, y) = (range(a), range(b));
            let found = match sign {
                '+' => x.plus(y),
                '-' => x.plus(y.negated()),
                '*' => x.times(y),
                _ => x.divided(y),
            };
            assert_eq!(found, range(expected), "{a} {sign} {b}");
        }
        assert_eq!(range("1..5").smaller(range("..3")), range("..3"));
        assert_eq!(range("1..5").larger(range("..3")), range("1..5"));
        assert_eq!(range("-3..2").unsigned(), range("0..3"));
        assert_eq!(range("-5..-2").unsigned(), range("2..5"));
        assert_eq!(range("1..").unsigned(), range("1.."));
        assert_eq!(range("2..5").total(false), range("0.."));
        assert_eq!(range("-1..5").total(true), range("-1..5"));
        assert_eq!(range("2..5").total(true), range("0..5"));
        assert!(range("3..2").is_empty() && !range("..2").is_empty());
        let huge = Range::of(Decimal::MAX);
        assert_eq!(huge.plus(huge), Range::ALL);
        assert_eq!(huge.times(range("2..2")).high, None);
    }

    fn any_range() -> impl Strategy<Value = Range> {
        let end = || prop::option::of((-20i64..20).prop_map(Decimal::from));
        (end(), end()).prop_map(|(a, b)| match (a, b) {
            (Some(a), Some(b)) => Range::new(Some(a.min(b)), Some(a.max(b))),
            (low, high) => Range::new(low, high),
        })
    }

    fn inside(range: Range, at: i64) -> Decimal {
        let middle = Decimal::from(at);
        let above = range.low.map_or(middle, |low| middle.max(low));
        range.high.map_or(above, |high| above.min(high))
    }

    proptest! {
        #[test]
        fn no_answer_lies_outside(a in any_range(), b in any_range(), x in -60i64..60, y in -60i64..60) {
            let (x, y) = (inside(a, x), inside(b, y));
            let holds = |range: Range, value: Decimal| {
                range.low.is_none_or(|low| low <= value) && range.high.is_none_or(|high| value <= high)
            };
            prop_assert!(holds(a.plus(b), x + y));
            prop_assert!(holds(a.times(b), x * y));
            prop_assert!(holds(a.smaller(b), x.min(y)) && holds(a.larger(b), x.max(y)) && holds(a.unsigned(), x.abs()));
            prop_assert!(holds(a.union(b), x) && holds(a.union(b), y));
            if !y.is_zero() && b.single().is_some() {
                prop_assert!(holds(a.divided(b), x / y));
            }
        }
    }
}
