//! One line of a settlement in one plain sentence.

use rust_decimal::Decimal;

use super::{
    super::{
        Contract,
        evaluate::{
            Evaluation, Line, Part,
            obligation::{NOBODY, Obligation},
        },
        formula::print::grouped,
    },
    Question, Step,
};
use crate::values::Day;

/// Says what a clause yields for the member and period of a question, and why. `step` is the tree of the same question.
pub fn sentence(
    contract: &Contract,
    evaluation: &Evaluation,
    index: usize,
    question: &Question,
    step: &Step,
) -> String {
    let teller = Teller { contract, evaluation, index, question };
    let lines: Vec<&Line> = evaluation
        .lines
        .iter()
        .filter(|line| teller.meant(line.clause, line.subject, line.group, line.period))
        .collect();
    let upcoming = evaluation.upcoming.iter().find(|o| teller.meant(o.clause, o.subject, o.group, o.period));
    match (lines.first(), upcoming) {
        (Some(first), _) => teller.owed(&lines, first.due_on, step),
        (None, Some(obligation)) => teller.later(obligation, step),
        (None, None) => teller.nothing(step),
    }
}

struct Teller<'t> {
    contract: &'t Contract,
    evaluation: &'t Evaluation,
    index: usize,
    question: &'t Question<'t>,
}

impl Teller<'_> {
    fn meant(&self, clause: u16, subject: u32, group: u32, period: u32) -> bool {
        let subject_meant =
            subject == NOBODY || Some(&*self.evaluation.subjects[subject as usize]) == self.question.subject;
        let group_meant = subject != NOBODY
            || group == NOBODY
            || Some(self.evaluation.groups[group as usize].as_str()) == self.question.group;
        usize::from(clause) == self.index && subject_meant && group_meant && period == self.question.period.unwrap_or(0)
    }

    fn money(&self, amount: Decimal) -> String {
        let currency = self.contract.checked.document.header.currency;
        format!("{currency} {}", grouped(&amount.to_string()).replace('_', ","))
    }

    fn role(&self, index: u16) -> String {
        let party = &self.contract.checked.document.header.parties[usize::from(index)];
        party.title.en.clone().unwrap_or_else(|| party.name.text.clone())
    }

    /// `patient p1`, `group north`, or `the contract`, with the period.
    fn whom(&self) -> String {
        let document = &self.contract.checked.document;
        let member = match (self.question.subject, self.question.group) {
            (Some(subject), _) => format!("{} {subject}", document.subject),
            (None, Some(group)) => format!("group {group}"),
            (None, None) => "the contract".into(),
        };
        self.question.period.map_or(member.clone(), |number| format!("{member} in period {number}"))
    }

    fn owed(&self, lines: &[&Line], due_on: Day, step: &Step) -> String {
        let sum =
            |of: &dyn Fn(&Line) -> bool| lines.iter().filter(|line| of(line)).map(|line| line.amount).sum::<Decimal>();
        let (gross, net) = (sum(&|line| line.part == Part::Amount), sum(&|_| true));
        let clause = &self.contract.checked.clauses[self.index];
        let payees: Vec<String> = clause
            .payees
            .iter()
            .map(|(payee, _)| format!("{} {}", self.role(*payee), self.money(sum(&|line| line.payee == *payee))))
            .collect();
        let cut =
            if gross == net { String::new() } else { format!("; limits take {} off it", self.money(gross - net)) };
        let (payer, whom, why) = (self.role(clause.payer), self.whom(), because(step));
        format!("For {whom}, {payer} pays {}, due on {due_on}: {why}{cut}.", payees.join(" and "))
    }

    fn later(&self, obligation: &Obligation, step: &Step) -> String {
        let (amount, whom) = (self.money(obligation.amount), self.whom());
        format!(
            "For {whom}, nothing is due by {}; {amount} before limits falls due on {}: {}.",
            self.evaluation.as_of,
            obligation.due_on,
            because(step)
        )
    }

    fn nothing(&self, step: &Step) -> String {
        let waits = self
            .evaluation
            .pending
            .iter()
            .find(|entry| self.meant(entry.clause, entry.subject, entry.group, entry.period));
        let whom = self.whom();
        if let Some(entry) = waits {
            let facts = &self.contract.checked.document.facts;
            let names: Vec<&str> = entry.kinds.iter().map(|kind| facts[*kind].name.text.as_str()).collect();
            return format!("For {whom}, nothing is owed yet: {} must still be reported.", names.join(", "));
        }
        match step.from.first() {
            Some(when) if when.what.starts_with("when ") && when.value == "no" => {
                format!(
                    "For {whom}, nothing is owed: the condition “{}” does not hold.",
                    when.what.trim_start_matches("when ")
                )
            }
            _ => format!("For {whom}, nothing is owed by {}: {}.", self.evaluation.as_of, because(step)),
        }
    }
}

/// The amount's formula with its value, and the values that it is made of.
fn because(step: &Step) -> String {
    let Some(amount) = step.from.iter().find(|part| part.what.starts_with("amount ")) else {
        return step.value.clone();
    };
    let formula = amount.what.trim_start_matches("amount ");
    let parts: Vec<String> = amount.from.iter().map(|part| format!("{} is {}", part.what, part.value)).collect();
    let made_of = if parts.is_empty() { String::new() } else { format!(", where {}", parts.join(" and ")) };
    format!("{formula} is {}{made_of}", amount.value)
}
