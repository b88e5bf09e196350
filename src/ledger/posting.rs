//! Double entry: debits and credits that sum to zero in every currency.

use std::{collections::BTreeMap, ops::Deref};

use crate::values::{Currency, PartyId};

use super::account::AccountKind;

/// Bytes of one posting in a body.
pub const POSTING_BYTES: usize = 37;

/// Moves an amount into (debit) or out of (credit) one account of the entry's chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Posting {
    /// Whose account.
    pub party: PartyId,
    /// Which of the party's accounts.
    pub account: AccountKind,
    /// The currency; the scale of the amount is its number of minor units.
    pub currency: Currency,
    /// The amount in minor units: debit positive, credit negative.
    pub amount_minor: i128,
}

impl Posting {
    /// The bytes that are hashed, which also give the one order of postings.
    pub fn to_bytes(&self) -> [u8; POSTING_BYTES] {
        let mut bytes = [0; POSTING_BYTES];
        bytes[..16].copy_from_slice(self.party.as_bytes());
        bytes[16] = self.account.number();
        bytes[17..20].copy_from_slice(self.currency.code().as_bytes());
        // ISO 4217 knows at most four decimal places.
        bytes[20] = self.currency.minor_units().to_be_bytes()[3];
        bytes[21..].copy_from_slice(&self.amount_minor.to_be_bytes());
        bytes
    }
}

impl std::fmt::Display for Posting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} minor units {} on {} of {}", self.amount_minor, self.currency, self.account, self.party)
    }
}

/// Says why postings do not balance.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unbalanced {
    /// Fewer than two legs: a debit needs a credit.
    #[error("fewer than two postings cannot balance: add the account the money comes from or goes to")]
    TooFewLegs,
    /// A leg that moves nothing.
    #[error("the {account} posting of party {party} moves nothing: leave it out")]
    ZeroLeg {
        /// Whose account.
        party: PartyId,
        /// Which account.
        account: AccountKind,
    },
    /// Debits and credits differ.
    #[error(
        "the {currency} postings sum to {sum_minor} minor units and must sum to 0: debits and credits have to be equal"
    )]
    Sum {
        /// The currency.
        currency: Currency,
        /// What the postings sum to, in minor units.
        sum_minor: i128,
    },
    /// The sum is too large to be represented.
    #[error("the {currency} postings leave the range of 128 bits: check the amounts")]
    Overflow {
        /// The currency.
        currency: Currency,
    },
}

/// Holds the postings of one entry: none, or two and more that balance, in their one order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Postings(Vec<Posting>);

impl Postings {
    /// No postings: an entry that moves no money.
    pub const NONE: Self = Self(Vec::new());

    /// Checks that the legs balance and sorts them, so that equal postings have equal bytes.
    ///
    /// At least two legs, none of them zero, every currency sums to zero.
    pub fn balanced(mut legs: Vec<Posting>) -> Result<Self, Unbalanced> {
        if legs.len() < 2 {
            return Err(Unbalanced::TooFewLegs);
        }
        check_balance(&legs)?;
        legs.sort_by_key(Posting::to_bytes);
        Ok(Self(legs))
    }
}

impl Deref for Postings {
    type Target = [Posting];

    fn deref(&self) -> &[Posting] {
        &self.0
    }
}

/// Checks what an entry says it posts: nothing, or legs that balance.
pub fn check_balance(legs: &[Posting]) -> Result<(), Unbalanced> {
    if legs.len() == 1 {
        return Err(Unbalanced::TooFewLegs);
    }
    let mut by_currency: BTreeMap<Currency, (Vec<i128>, Vec<i128>)> = BTreeMap::new();
    for leg in legs {
        let (debits, credits) = by_currency.entry(leg.currency).or_default();
        match leg.amount_minor {
            0 => return Err(Unbalanced::ZeroLeg { party: leg.party, account: leg.account }),
            amount if amount < 0 => credits.push(amount),
            amount => debits.push(amount),
        }
    }
    for (currency, (debits, credits)) in by_currency {
        match sum(debits, credits) {
            Some(0) => {}
            Some(sum_minor) => return Err(Unbalanced::Sum { currency, sum_minor }),
            None => return Err(Unbalanced::Overflow { currency }),
        }
    }
    Ok(())
}

/// Adds debits and credits by turns, towards zero first, so that only a sum beyond 128 bits overflows.
pub(super) fn sum(debits: Vec<i128>, credits: Vec<i128>) -> Option<i128> {
    let (mut debits, mut credits) = (debits.into_iter(), credits.into_iter());
    let mut total: i128 = 0;
    while let Some(amount) =
        if total > 0 { credits.next().or_else(|| debits.next()) } else { debits.next().or_else(|| credits.next()) }
    {
        total = total.checked_add(amount)?;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn leg(party: u8, currency: &str, amount_minor: i128) -> Posting {
        let currency = Currency::parse(currency).unwrap();
        Posting { party: PartyId::from_bytes([party; 16]), account: AccountKind::Payable, currency, amount_minor }
    }

    #[test]
    fn only_balanced_legs_are_accepted() {
        let most = i128::MAX;
        let good = [
            vec![leg(1, "EUR", 5), leg(2, "EUR", -5)],
            vec![leg(1, "EUR", 5), leg(2, "EUR", -2), leg(3, "EUR", -3)],
            vec![leg(1, "EUR", 5), leg(2, "EUR", -5), leg(1, "JPY", -1), leg(2, "JPY", 1)],
            vec![leg(1, "EUR", most), leg(2, "EUR", most), leg(3, "EUR", -most), leg(4, "EUR", -most)],
        ];
        for legs in good {
            assert!(Postings::balanced(legs.clone()).is_ok(), "{legs:?}");
        }
        let (euro, yen) = (Currency::parse("EUR").unwrap(), Currency::parse("JPY").unwrap());
        let zero = Unbalanced::ZeroLeg { party: PartyId::from_bytes([2; 16]), account: AccountKind::Payable };
        for (legs, error) in [
            (vec![], Unbalanced::TooFewLegs),
            (vec![leg(1, "EUR", 5)], Unbalanced::TooFewLegs),
            (vec![leg(1, "EUR", 5), leg(2, "EUR", 0), leg(3, "EUR", -5)], zero),
            (vec![leg(1, "EUR", 5), leg(2, "EUR", -4)], Unbalanced::Sum { currency: euro, sum_minor: 1 }),
            (vec![leg(1, "EUR", 5), leg(2, "JPY", -5)], Unbalanced::Sum { currency: euro, sum_minor: 5 }),
            (
                vec![leg(1, "EUR", 5), leg(2, "EUR", -5), leg(1, "JPY", 1), leg(2, "JPY", 1)],
                Unbalanced::Sum { currency: yen, sum_minor: 2 },
            ),
            (vec![leg(1, "EUR", most), leg(2, "EUR", 1)], Unbalanced::Overflow { currency: euro }),
            (vec![leg(1, "EUR", i128::MIN), leg(2, "EUR", i128::MIN)], Unbalanced::Overflow { currency: euro }),
        ] {
            assert_eq!(Postings::balanced(legs.clone()), Err(error), "{legs:?}");
        }
    }

    proptest! {
        #[test]
        fn the_order_given_does_not_matter(amounts in prop::collection::vec(1..1_000_i128, 1..6), turn in 0..6_usize) {
            let mut legs: Vec<_> = amounts.iter().zip(0..).map(|(amount, party)| leg(party, "EUR", *amount)).collect();
            legs.push(leg(9, "EUR", -amounts.iter().sum::<i128>()));
            let sorted = Postings::balanced(legs.clone()).unwrap();
            let turn = turn % legs.len();
            legs.rotate_left(turn);
            prop_assert_eq!(&sorted, &Postings::balanced(legs.clone()).unwrap());
            legs[0].amount_minor += 1;
            prop_assert!(Postings::balanced(legs).is_err());
        }
    }
}
