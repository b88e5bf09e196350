//! Accruals: what is earned and not settled yet, posted by difference, so that a month can be closed.

use std::collections::BTreeMap;

use super::{
    super::{
        payload::{Accrual, Sum},
        settlement::{SettlementError, SettlementLine, difference, sums},
    },
    books::{Books, Pair, Place},
    effect::{Effect, Impossible},
};
use crate::{ledger::AccountKind, values::Day};

/// What has to be accrued, by payer and payee: what is earned and not settled, less what is accrued already.
///
/// `earned` are the lines of everything known as of the day, also what falls due later; `posted` the lines of all posted
/// settlements. Accruing twice gives nothing the second time; accruing after a settlement takes back what was settled.
pub fn accrual(
    earned: &[SettlementLine],
    posted: &[SettlementLine],
    accrued: &BTreeMap<Pair, i128>,
) -> Result<Vec<Sum>, SettlementError> {
    let unsettled = sums(&difference(earned, posted)?)?;
    let mut open: BTreeMap<Pair, i128> = BTreeMap::new();
    for (pair, amount_minor) in accrued {
        let overflow = || SettlementError::Overflow { clause: format!("accrual from {} to {}", pair.0, pair.1) };
        open.insert(pair.clone(), amount_minor.checked_neg().ok_or_else(overflow)?);
    }
    for sum in unsettled {
        let overflow = || SettlementError::Overflow { clause: format!("accrual from {} to {}", sum.payer, sum.payee) };
        let amount_minor: i128 = sum.amount_minor.parse().map_err(|_| overflow())?;
        let open = open.entry((sum.payer.clone(), sum.payee.clone())).or_default();
        *open = open.checked_add(amount_minor).ok_or_else(overflow)?;
    }
    let open = open.into_iter().filter(|(_, amount_minor)| *amount_minor != 0);
    let sum =
        |((payer, payee), amount_minor): (Pair, i128)| Sum { amount_minor: amount_minor.to_string(), payee, payer };
    Ok(open.map(sum).collect())
}

impl Books {
    /// Days of accruals go forward, and do not lie before a day that is settled, as that holds what was earned later.
    pub fn check_accrual_day(&self, as_of: Day) -> Result<(), Impossible> {
        let Some(latest) = self.accrued_on.max(self.settled_on()).filter(|latest| *latest > as_of) else {
            return Ok(());
        };
        let message = format!("an accrual as of {as_of}, when it is accrued or settled as of {latest} already");
        Err(Impossible::new("accrued-later", message, format!("accrue as of {latest} or a later day")))
    }

    pub(super) fn accrue(&mut self, at: Place, accrual: &Accrual) -> Result<Effect, Impossible> {
        let as_of = accrual.as_of;
        if as_of != at.on {
            let message = format!("an accrual as of {as_of} that counts for {}", at.on);
            return Err(Impossible::new("two-days", message, "one day"));
        }
        self.check_accrual_day(as_of)?;
        let totals = self.totals(&accrual.totals)?;
        if totals.is_empty() || totals.iter().any(|(_, amount_minor)| *amount_minor == 0) {
            return Err(Impossible::new("accrues-nothing", "an accrual of nothing", "amounts that differ from zero"));
        }
        let mut accrued = self.accrued.clone();
        let mut effect = Effect::NONE;
        for (pair, amount_minor) in totals {
            effect.credit(self.party(&pair.0)?, AccountKind::Accrued, amount_minor)?;
            effect.debit(self.party(&pair.1)?, AccountKind::Accrued, amount_minor)?;
            let sum = accrued.entry(pair).or_default();
            *sum = sum.checked_add(amount_minor).ok_or_else(Impossible::overflow)?;
        }
        accrued.retain(|_, amount_minor| *amount_minor != 0);
        (self.accrued, self.accrued_on) = (accrued, Some(as_of));
        Ok(effect)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::super::settlement::LineKey, *};

    fn line(clause: &str, payer: &str, amount_minor: i128) -> SettlementLine {
        let (clause, payer, payee) = (clause.into(), payer.into(), "b".into());
        let key = LineKey { clause, payer, payee, subject: None, group: None, period: None, part: 0 };
        SettlementLine { key, due_on: Day(0), amount_minor, reason: String::new() }
    }

    fn amounts(sums: &[Sum]) -> Vec<(&str, &str)> {
        sums.iter().map(|sum| (sum.payer.as_str(), sum.amount_minor.as_str())).collect()
    }

    #[test]
    fn accruals_by_hand() {
        // a has earned b 100 and 20, of which 30 are settled: 90 are to be accrued. c's 7 were settled and are owed no more.
        let earned = [line("fee", "a", 100), line("bonus", "a", 20)];
        let posted = [line("fee", "a", 30), line("fee", "c", 7)];
        let mut accrued = BTreeMap::new();
        assert_eq!(amounts(&accrual(&earned, &posted, &accrued).unwrap()), [("a", "90"), ("c", "-7")]);
        // 60 are accrued already, and 5 from d, who owes nothing any more.
        let pair = |payer: &str| (payer.to_owned(), "b".to_owned());
        accrued = [(pair("a"), 60), (pair("c"), -7), (pair("d"), 5)].into();
        assert_eq!(amounts(&accrual(&earned, &posted, &accrued).unwrap()), [("a", "30"), ("d", "-5")]);
        // Accrued so far is what is unsettled: nothing is left to accrue. Settled in full: all of it goes back.
        accrued = [(pair("a"), 90), (pair("c"), -7)].into();
        assert!(accrual(&earned, &posted, &accrued).unwrap().is_empty());
        assert_eq!(amounts(&accrual(&earned, &earned, &accrued).unwrap()), [("a", "-90"), ("c", "7")]);
        accrued = [(pair("a"), i128::MIN)].into();
        assert!(accrual(&[], &[], &accrued).is_err());
    }
}
