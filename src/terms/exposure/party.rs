//! The most that each party can owe under all clauses together.

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

use super::{
    bounds::{Assumption, Bounds},
    owed::{Owed, by_payees, by_payer},
    step::{Step, sentence},
};
use crate::terms::{
    Contract,
    check::Checked,
    describe::{Language, writing::Writing},
};

/// The most that a party can owe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PartyExposure {
    /// The role's name.
    pub party: String,
    /// The currency of all amounts.
    pub currency: String,
    /// The most in one year of the term, by due date; none when nothing limits it.
    #[serde(serialize_with = "as_text")]
    pub per_year: Option<Decimal>,
    /// The most over the years of the term; none when nothing limits it. Payments that fall due later can add to it, as
    /// the reasons say.
    #[serde(serialize_with = "as_text")]
    pub total: Option<Decimal>,
    /// What each clause adds.
    pub clauses: Vec<ClauseExposure>,
}

/// The most that a party can owe under one clause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClauseExposure {
    /// The clause's name.
    pub clause: String,
    /// The most in one year of the term; none when nothing limits it.
    #[serde(serialize_with = "as_text")]
    pub per_year: Option<Decimal>,
    /// The most over the years of the term; none when nothing limits it. Payments that fall due later can add to it, as
    /// the reasons say.
    #[serde(serialize_with = "as_text")]
    pub total: Option<Decimal>,
    /// How the figures come about, in English.
    pub reason: String,
    /// How they come about, step by step.
    #[serde(skip)]
    pub steps: Vec<Step>,
    /// Index of the clause.
    #[serde(skip)]
    pub index: usize,
}

/// The most that each party can owe, in the order of the document.
pub fn exposure(contract: &Contract) -> Vec<PartyExposure> {
    of_checked(&contract.checked)
}

/// The most that each party of a checked document can owe.
pub fn of_checked(checked: &Checked) -> Vec<PartyExposure> {
    let bounds = Bounds::new(checked, Assumption::default());
    let assuming = Bounds::new(checked, Assumption { not_negative: true, ..Assumption::default() });
    let mut parties: Vec<PartyExposure> = checked
        .document
        .header
        .parties
        .iter()
        .map(|party| PartyExposure {
            party: party.name.text.clone(),
            currency: checked.document.header.currency.code().to_owned(),
            per_year: Some(Decimal::ZERO),
            total: Some(Decimal::ZERO),
            clauses: Vec::new(),
        })
        .collect();
    for (index, clause) in checked.clauses.iter().enumerate() {
        parties[usize::from(clause.payer)].add(checked, index, by_payer(&bounds, clause));
        if let Some(owed) = by_payees(&bounds, &assuming, clause) {
            for (payee, share) in &clause.payees {
                parties[usize::from(*payee)].add(checked, index, owed.clone().part(*share));
            }
        }
    }
    parties
}

impl PartyExposure {
    fn add(&mut self, checked: &Checked, index: usize, owed: Owed) {
        let sum = |a: Option<Decimal>, b: Option<Decimal>| a?.checked_add(b?);
        self.per_year = sum(self.per_year, owed.per_year);
        self.total = sum(self.total, owed.total);
        let document = &checked.document;
        let writing = Writing { language: Language::English, currency: document.header.currency };
        self.clauses.push(ClauseExposure {
            clause: document.clauses[index].name.text.clone(),
            per_year: owed.per_year,
            total: owed.total,
            reason: sentence(&owed.steps, &document.subject, writing),
            steps: owed.steps,
            index,
        });
    }
}

impl Owed {
    /// The part of one who receives a share.
    fn part(mut self, share: Decimal) -> Self {
        let part = |amount: Option<Decimal>| amount?.checked_mul(share);
        (self.per_year, self.total) = (part(self.per_year), part(self.total));
        if share != Decimal::ONE {
            self.steps.extend(self.total.map(Step::Total));
        }
        self
    }
}

fn as_text<S: Serializer>(amount: &Option<Decimal>, serializer: S) -> Result<S::Ok, S::Error> {
    match amount {
        Some(amount) => serializer.collect_str(&amount.normalize()),
        None => serializer.serialize_none(),
    }
}
