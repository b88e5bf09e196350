//! Exact sums in any order.
//!
//! A sum of decimals that is rounded on the way depends on the order of its terms. Here the digits of each scale are
//! added as integers, which loses nothing, and put together once at the end.

use rust_decimal::Decimal;

/// The largest scale of a decimal.
const MOST_SCALE: usize = 28;

/// Adds decimals exactly.
#[derive(Clone, Debug)]
pub struct Total {
    by_scale: [i128; MOST_SCALE + 1],
    overflow: bool,
}

impl Default for Total {
    fn default() -> Self {
        Self { by_scale: [0; MOST_SCALE + 1], overflow: false }
    }
}

impl Total {
    /// Adds a value.
    pub fn add(&mut self, value: Decimal) {
        let slot = &mut self.by_scale[value.scale() as usize];
        match slot.checked_add(value.mantissa()) {
            Some(sum) => *slot = sum,
            None => self.overflow = true,
        }
    }

    /// Adds another total.
    pub fn merge(&mut self, other: &Self) {
        self.overflow |= other.overflow;
        for (slot, more) in self.by_scale.iter_mut().zip(&other.by_scale) {
            match slot.checked_add(*more) {
                Some(sum) => *slot = sum,
                None => self.overflow = true,
            }
        }
    }

    /// The sum, rounded once to 28 significant digits; none beyond them.
    pub fn value(&self) -> Option<Decimal> {
        if self.overflow {
            return None;
        }
        let mut sum = Decimal::ZERO;
        for (scale, digits) in self.by_scale.iter().enumerate().filter(|(_, digits)| **digits != 0) {
            sum = sum.checked_add(decimal(*digits, scale as u32)?)?;
        }
        Some(sum)
    }
}

/// The decimal with these digits, rounded half-even where there are more than fit.
fn decimal(mut digits: i128, mut scale: u32) -> Option<Decimal> {
    let mut lost = 0;
    loop {
        if let Ok(value) = Decimal::try_from_i128_with_scale(digits, scale) {
            return Some(value);
        }
        if scale == 0 {
            return None;
        }
        let rest = digits % 10;
        digits /= 10;
        scale -= 1;
        // The digit that is cut last decides the rounding, together with whether anything was cut before.
        let up = rest.abs() > 5 || (rest.abs() == 5 && (lost != 0 || digits % 2 != 0));
        let fits = Decimal::try_from_i128_with_scale(digits, scale).is_ok();
        if fits && up {
            digits += rest.signum();
        }
        lost |= rest;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn thirds_add_up_in_any_order() {
        let third = Decimal::ONE / Decimal::from(3);
        let mut total = Total::default();
        (0..300_000).for_each(|_| total.add(third));
        // 300,000 × 0.3333333333333333333333333333 = 99,999.99999999999999999999999 (28 threes), 28 digits kept.
        assert_eq!(total.value().unwrap().to_string(), "99999.99999999999999999999999");
        let mut more = Total::default();
        more.add(Decimal::MAX);
        assert_eq!(more.value(), Some(Decimal::MAX));
        more.add(Decimal::MAX);
        assert_eq!(more.value(), None);
    }

    proptest! {
        #[test]
        fn order_and_grouping_change_nothing(raw in prop::collection::vec((any::<i64>(), 0u32..28), 1..60), cut in 0usize..60, turn in 0usize..60) {
            let values: Vec<Decimal> = raw.iter().map(|(digits, scale)| Decimal::new(*digits, *scale)).collect();
            let sum = |values: &[Decimal]| {
                let mut total = Total::default();
                values.iter().for_each(|value| total.add(*value));
                total
            };
            let whole = sum(&values).value();
            let mut turned = values.clone();
            turned.rotate_left(turn % values.len());
            let (a, b) = turned.split_at(cut % turned.len());
            let mut merged = sum(a);
            merged.merge(&sum(b));
            prop_assert_eq!(merged.value(), whole);
        }
    }
}
