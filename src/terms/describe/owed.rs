//! The most that each party can owe.

use rust_decimal::Decimal;

use super::{
    sheet::{Block, Section},
    speaker::Speaker,
};
use crate::terms::exposure::{exposure, step::sentence};

impl Speaker<'_> {
    /// The most that each party can owe.
    pub fn owed(&self) -> Section {
        let mut rows = Vec::new();
        for (at, party) in exposure(self.contract).iter().enumerate() {
            let row = |clause: String, per_year: Option<Decimal>, total: Option<Decimal>, why: String| {
                vec![self.party(at), clause, self.at_most(per_year), self.at_most(total), why]
            };
            if party.clauses.len() != 1 {
                let why = match party.clauses.len() {
                    0 => self.pick("owes nothing under any clause", "无支付义务"),
                    _ => self.pick("all clauses together", "各条款合计"),
                };
                rows.push(row(String::new(), party.per_year, party.total, why.into()));
            }
            for clause in &party.clauses {
                let why = sentence(&clause.steps, &self.document().subject, self.writing);
                rows.push(row(self.clause(clause.index), clause.per_year, clause.total, why));
            }
        }
        let headings = [
            ("party", "当事方"),
            ("clause", "条款"),
            ("per year", "每年上限"),
            ("over the term", "合同期内上限"),
            ("because", "计算依据"),
        ];
        let headings = headings.map(|(en, zh)| self.pick(en, zh).to_owned()).to_vec();
        let title = self.pick("The most each party can owe", "各方最大支付义务").into();
        Section { id: "exposure", title, blocks: vec![Block::Table { headings, rows }] }
    }

    fn at_most(&self, amount: Option<Decimal>) -> String {
        amount.map_or_else(|| self.pick("unlimited", "无上限").into(), |amount| self.writing.money(amount))
    }
}
