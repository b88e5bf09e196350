//! Accounts and balances: whose money, of which sort, under which contract.

use std::collections::BTreeMap;

use crate::values::{ChainId, Currency, Day, PartyId};

use super::{entry::Entry, kind::registry, posting::Posting};

registry! {
    /// Says what sort of money an account holds.
    AccountKind: u8 {
        /// Earned or owed, not yet due.
        Accrued = 1, "accrued";
        /// Owed to the other side.
        Payable = 2, "payable";
        /// Owed by the other side.
        Receivable = 3, "receivable";
        /// Money that moved.
        Cash = 4, "cash";
        /// Premium for a risk taken over.
        Premium = 5, "premium";
        /// Set aside for what may become due.
        Reserve = 6, "reserve";
    }
}

/// Names an account: one sort of money of one party under one contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Account {
    /// The contract's chain.
    pub chain: ChainId,
    /// The party.
    pub party: PartyId,
    /// The sort of money.
    pub kind: AccountKind,
}

/// Reports a balance beyond ±1.7 · 10³⁸ minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the balance of {} {} in {currency} leaves the range of 128 bits; check the posted amounts", account.party, account.kind)]
pub struct BalanceOverflow {
    /// The account.
    pub account: Account,
    /// The currency.
    pub currency: Currency,
}

/// A view in both times: the day up to which entries count, and the position up to which they are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// Entries that count for later days are left out; none: no entry is.
    pub as_of: Option<Day>,
    /// Entries at later positions of their chain are left out; none: no entry is.
    pub known_at: Option<u64>,
}

impl View {
    /// Whether an entry counts. What is recorded later never changes what counts at an earlier position.
    pub fn sees(&self, entry: &Entry) -> bool {
        self.as_of.is_none_or(|as_of| entry.effective_on <= as_of)
            && self.known_at.is_none_or(|known_at| entry.seq <= known_at)
    }
}

/// Sums postings by account and currency, in minor units, debits positive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Balances(BTreeMap<(Account, Currency), i128>);

impl Balances {
    /// Adds the postings of one entry; a refused entry changes nothing.
    pub fn post(&mut self, chain: ChainId, postings: &[Posting]) -> Result<(), BalanceOverflow> {
        let mut changed = BTreeMap::new();
        for posting in postings {
            let key = (Account { chain, party: posting.party, kind: posting.account }, posting.currency);
            let before = changed.get(&key).copied().unwrap_or_else(|| self.get(key.0, key.1));
            let after = before.checked_add(posting.amount_minor);
            changed.insert(key, after.ok_or(BalanceOverflow { account: key.0, currency: key.1 })?);
        }
        self.0.extend(changed);
        Ok(())
    }

    /// The balance of one account in minor units; 0 when nothing was posted.
    pub fn get(&self, account: Account, currency: Currency) -> i128 {
        self.0.get(&(account, currency)).copied().unwrap_or_default()
    }

    /// Lists the balances in the order of account and currency.
    pub fn iter(&self) -> impl Iterator<Item = (Account, Currency, i128)> {
        self.0.iter().map(|((account, currency), amount_minor)| (*account, *currency, *amount_minor))
    }

    /// Sums debits and credits of all accounts per currency. None beyond 128 bits.
    pub fn trial_balance(&self) -> Option<BTreeMap<Currency, Trial>> {
        let mut trials: BTreeMap<Currency, Trial> = BTreeMap::new();
        for (_, currency, amount_minor) in self.iter() {
            let trial = trials.entry(currency).or_default();
            let side = if amount_minor < 0 { &mut trial.credits_minor } else { &mut trial.debits_minor };
            *side = side.checked_add(amount_minor)?;
        }
        Some(trials)
    }
}

/// Debits and credits of all accounts in one currency, in minor units; they sum to 0 when every entry is balanced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trial {
    /// Balances above zero.
    pub debits_minor: i128,
    /// Balances below zero.
    pub credits_minor: i128,
}

impl Trial {
    /// Whether debits and credits are equal.
    pub fn balances(&self) -> bool {
        self.debits_minor.checked_add(self.credits_minor) == Some(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leg(party: u8, account: AccountKind, currency: &str, amount_minor: i128) -> Posting {
        let currency = Currency::parse(currency).unwrap();
        Posting { party: PartyId::from_bytes([party; 16]), account, currency, amount_minor }
    }

    #[test]
    fn balances_are_the_sums_of_the_postings() {
        use AccountKind::{Cash, Payable, Receivable};
        let chain = ChainId::from_bytes([1; 16]);
        let mut balances = Balances::default();
        balances.post(chain, &[leg(1, Payable, "EUR", -500), leg(2, Receivable, "EUR", 500)]).unwrap();
        balances.post(chain, &[leg(1, Payable, "EUR", 200), leg(1, Cash, "EUR", -200)]).unwrap();
        balances.post(chain, &[leg(2, Receivable, "EUR", -200), leg(2, Cash, "EUR", 200)]).unwrap();
        balances.post(chain, &[leg(1, Payable, "JPY", -7), leg(2, Receivable, "JPY", 7)]).unwrap();
        let euro = Currency::parse("EUR").unwrap();
        let of = |party, kind| balances.get(Account { chain, party: PartyId::from_bytes([party; 16]), kind }, euro);
        assert_eq!([of(1, Payable), of(1, Cash), of(2, Receivable), of(2, Cash)], [-300, -200, 300, 200]);
        assert_eq!(of(3, Cash), 0);
        let [euros, yen] =
            [Trial { debits_minor: 500, credits_minor: -500 }, Trial { debits_minor: 7, credits_minor: -7 }];
        assert_eq!(Vec::from_iter(balances.trial_balance().unwrap().into_values()), [euros, yen]);
        assert!(euros.balances() && !Trial { debits_minor: 1, ..euros }.balances());
    }

    #[test]
    fn an_overflow_is_refused_and_changes_nothing() {
        let chain = ChainId::from_bytes([1; 16]);
        let mut balances = Balances::default();
        let most = [leg(1, AccountKind::Cash, "EUR", i128::MAX), leg(2, AccountKind::Cash, "EUR", -i128::MAX)];
        balances.post(chain, &most).unwrap();
        let before = balances.clone();
        let error = balances.post(chain, &[leg(3, AccountKind::Cash, "EUR", -1), leg(1, AccountKind::Cash, "EUR", 1)]);
        assert_eq!(error.unwrap_err().account.party, PartyId::from_bytes([1; 16]));
        assert_eq!(balances, before);
        assert!(balances.trial_balance().unwrap()[&Currency::parse("EUR").unwrap()].balances());
    }
}
