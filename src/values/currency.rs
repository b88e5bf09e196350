//! ISO 4217 currencies and their minor units.

use std::{fmt, sync::LazyLock};

use rust_decimal::Decimal;

use super::Rounding;

/// Names an ISO 4217 currency that has a minor unit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    code: [u8; 3],
    minor_units: u8,
}

/// The published list: ISO 4217 list one of 2026-01-01 (SIX), without the codes that have no minor unit (metals, tests), in
/// alphabetical order.
static LIST: LazyLock<Vec<Currency>> = LazyLock::new(|| {
    include_str!("iso4217.csv")
        .lines()
        .skip(1)
        .filter_map(|line| {
            let (code, units) = line.split_once(',')?;
            Some(Currency { code: code.as_bytes().try_into().ok()?, minor_units: units.parse().ok()? })
        })
        .collect()
});

/// The same by place: letters are digits of base 26. Entries name currencies by the million.
static BY_PLACE: LazyLock<Vec<Option<Currency>>> = LazyLock::new(|| {
    let mut places = vec![None; 26 * 26 * 26];
    LIST.iter().for_each(|currency| {
        if let Some(place) = place(currency.code).and_then(|place| places.get_mut(place)) {
            *place = Some(*currency);
        }
    });
    places
});

fn place(code: [u8; 3]) -> Option<usize> {
    let digit = |letter: u8| letter.is_ascii_uppercase().then(|| usize::from(letter - b'A'));
    Some((digit(code[0])? * 26 + digit(code[1])?) * 26 + digit(code[2])?)
}

impl Currency {
    /// Finds a currency by its three-letter code; none for unknown codes and those without a minor unit (XAU, XXX).
    pub fn parse(code: &str) -> Option<Self> {
        Self::of_code(code.as_bytes().try_into().ok()?)
    }

    /// The same for the bytes of a code.
    pub fn of_code(code: [u8; 3]) -> Option<Self> {
        BY_PLACE.get(place(code)?).copied().flatten()
    }

    /// A currency to go on with where the one meant cannot be read.
    pub const fn stand_in() -> Self {
        Self { code: *b"CNY", minor_units: 2 }
    }

    /// All codes, in alphabetical order, for suggestions.
    pub fn codes() -> impl Iterator<Item = &'static str> {
        LIST.iter().map(Self::code)
    }

    /// The three-letter code.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.code).unwrap_or("???")
    }

    /// The same as bytes.
    pub const fn code_bytes(&self) -> [u8; 3] {
        self.code
    }

    /// Number of decimal places of the minor unit: CNY 2, JPY 0, BHD 3.
    pub fn minor_units(self) -> u32 {
        u32::from(self.minor_units)
    }

    /// Rounds to the minor unit and writes the value with all its decimals.
    pub fn round(self, amount: Decimal, rounding: Rounding) -> Decimal {
        let mut rounded = rounding.round(amount, self.minor_units());
        rounded.rescale(self.minor_units());
        rounded
    }

    /// Counts `amount` in minor units; none when it has more decimals than the currency or leaves the range.
    pub fn to_minor(self, amount: Decimal) -> Option<i128> {
        let mut exact = amount.normalize();
        if exact.scale() > self.minor_units() {
            return None;
        }
        exact.rescale(self.minor_units());
        (exact.scale() == self.minor_units()).then(|| exact.mantissa())
    }

    /// Turns minor units into an amount; none beyond 28 digits.
    pub fn from_minor(self, minor: i128) -> Option<Decimal> {
        Decimal::try_from_i128_with_scale(minor, self.minor_units()).ok()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_minor_units() {
        for (code, units) in [("CNY", 2), ("JPY", 0), ("BHD", 3), ("CLF", 4), ("EUR", 2)] {
            assert_eq!(Currency::parse(code).map(Currency::minor_units), Some(units), "{code}");
        }
        for bad in ["XAU", "XXX", "cny", "RMB", ""] {
            assert_eq!(Currency::parse(bad), None, "{bad}");
        }
        assert_eq!(Currency::codes().count(), 165);
        assert!(Currency::codes().all(|code| Currency::parse(code).is_some_and(|currency| currency.code() == code)));
        assert_eq!(BY_PLACE.iter().flatten().count(), 165);
    }

    #[test]
    fn minor_units_are_exact() {
        let yen = Currency::parse("JPY").unwrap();
        let yuan = Currency::parse("CNY").unwrap();
        assert_eq!(yuan.to_minor(Decimal::new(29_800, 0)), Some(2_980_000));
        assert_eq!(yuan.to_minor(Decimal::new(10_010, 3)), Some(1001));
        assert_eq!(yuan.to_minor(Decimal::new(1, 3)), None);
        assert_eq!(yen.to_minor(Decimal::new(15, 1)), None);
        assert_eq!(yuan.round(Decimal::new(5, 3), Rounding::HalfUp).to_string(), "0.01");
        assert_eq!(yuan.round(Decimal::new(3, 0), Rounding::HalfEven).to_string(), "3.00");
    }
}
