//! The most that one clause can come to: its amount, how often it falls due, and its limits in order.

use rust_decimal::Decimal;

use super::{
    bounds::{Bounds, Scope},
    range::lesser,
    step::{Step, Why},
};
use crate::terms::{
    check::{
        clauses::{Distance, TypedClause, TypedEach},
        types::Level,
    },
    document::{FieldType, Period},
};

/// The most that a clause can come to in one direction, in the currency of the contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed {
    /// In one year of the term.
    pub per_year: Option<Decimal>,
    /// In all.
    pub total: Option<Decimal>,
    /// How the figures come about, in order.
    pub steps: Vec<Step>,
}

/// How often a clause can fall due; none when nothing says.
struct Frequency {
    /// For one member, in all.
    in_all: Option<Decimal>,
    /// For one member, in one year.
    in_year: Option<Decimal>,
    /// Periods that can fall due in one year, over all members.
    periods_in_year: Option<Decimal>,
    /// Members.
    members: Option<Decimal>,
    /// Years of the term in which payments can fall due.
    years: Option<u32>,
    /// Whether nothing says that payments cannot fall due after the term.
    later: bool,
}

/// The most that the payer can owe under a clause.
pub fn by_payer(bounds: &Bounds, clause: &TypedClause) -> Owed {
    let scope = bounds.scope(clause);
    let currency = bounds.checked.document.header.currency;
    let rounding = bounds.checked.document.header.rounding;
    let fires = clause.when.as_ref().is_none_or(|when| bounds.domain(when, &bounds.periodic_scope(clause)).truth().0);
    let most = bounds.range(&clause.amount, &scope).high.map(|high| currency.round(high, rounding).max(Decimal::ZERO));
    if !fires || most == Some(Decimal::ZERO) {
        let steps = vec![Step::Never];
        return Owed { per_year: Some(Decimal::ZERO), total: Some(Decimal::ZERO), steps };
    }
    Caps::new(most, &frequency(bounds, clause, &scope)).limited(bounds, clause)
}

/// The most that those who receive can owe, because the amount can be negative; none when it cannot, taking reported
/// figures without a declared smallest value as not negative. Limits hold from above only.
pub fn by_payees(bounds: &Bounds, assuming: &Bounds, clause: &TypedClause) -> Option<Owed> {
    let least = |bounds: &Bounds| bounds.range(&clause.amount, &bounds.scope(clause)).low;
    if least(assuming).is_some_and(|low| low >= Decimal::ZERO) {
        return None;
    }
    let owed = least(bounds).map(|low| (-low).max(Decimal::ZERO));
    let caps = Caps::new(owed, &frequency(bounds, clause, &bounds.scope(clause)));
    let steps = [Step::Negative].into_iter().chain(caps.steps.clone()).collect();
    Some(Caps { steps, ..caps }.finished())
}

/// The most that the payer can owe under a clause for one member: a subject, a group or the contract.
pub fn of_one(bounds: &Bounds, clause: &TypedClause) -> Option<Decimal> {
    let scope = bounds.scope(clause);
    let header = &bounds.checked.document.header;
    let most = bounds.range(&clause.amount, &scope).high;
    let most = most.map(|high| header.currency.round(high, header.rounding).max(Decimal::ZERO));
    let caps = Caps::new(most, &frequency(bounds, clause, &scope)).with_limits(bounds, clause);
    lesser(caps.per_member, caps.in_all)
}

fn frequency(bounds: &Bounds, clause: &TypedClause, scope: &Scope) -> Frequency {
    let document = &bounds.checked.document;
    let term = document.header.term;
    let members = match clause.per {
        // A total that members share is owed once, however many they are.
        _ if clause.shared_by.is_some() => Some(Decimal::ONE),
        Level::Contract => Some(Decimal::ONE),
        Level::Group => bounds.checked.group.and_then(|at| match &document.fields[at].is {
            FieldType::Text(list) if !list.is_empty() => Some(Decimal::from(list.len())),
            _ => None,
        }),
        _ => None,
    };
    let in_all = bounds.periods(clause).map(Decimal::from);
    let in_year = lesser(in_all, times_a_year(clause).map(Decimal::from));
    let due = clause.due.as_ref().map(|due| bounds.range(due, scope).high);
    let last = match (due, &clause.each) {
        (Some(high), _) => high.and_then(|high| i32::try_from(high).ok()).map(crate::values::Day),
        (None, Some(TypedEach::Months(_))) => term.map(|term| term.end),
        (None, _) => None,
    };
    let years = term.and_then(|term| {
        let last = last.unwrap_or(term.end).max(term.start);
        u32::try_from(term.start.whole_months_until(last).div_euclid(12) + 1).ok()
    });
    // Dates of a schedule are reckoned from each member's own day, so all its periods can meet in one year.
    let calendar = matches!(clause.each, Some(TypedEach::Months(_)));
    let periods_in_year = if calendar { in_year } else { in_all };
    Frequency { in_all, in_year, periods_in_year, members, years, later: last.is_none() }
}

/// How many dates of a clause can fall into one year; none when its due date may lie anywhere.
fn times_a_year(clause: &TypedClause) -> Option<usize> {
    if clause.due.as_ref().is_some_and(|due| !due.periodic || due.level != Level::Contract) {
        return None;
    }
    match clause.each.as_ref()? {
        TypedEach::Months(months) => usize::try_from((12 / (*months).max(1)).max(1)).ok(),
        TypedEach::Dates(_, distances) => {
            // A month is taken as 28 days, so that no pair of dates counts as further apart than it may be.
            let days = |distance: &Distance| match distance {
                Distance::Days(days) => i64::from(*days),
                Distance::Months(months) => i64::from(*months) / 12 * 366 + i64::from(*months) % 12 * 28,
            };
            let mut days: Vec<i64> = distances.iter().map(days).collect();
            days.sort_unstable();
            let within = |from: i64| days.iter().filter(|day| (from..from + 366).contains(*day)).count();
            days.iter().map(|from| within(*from)).max()
        }
    }
}

/// The most over each span, while limits are gone through.
struct Caps {
    in_all: Option<Decimal>,
    per_year: Option<Decimal>,
    years: Option<u32>,
    periods: Option<Decimal>,
    periods_a_year: Option<Decimal>,
    members: Option<Decimal>,
    /// The most for one subject or group over all its periods.
    per_member: Option<Decimal>,
    per_period: Option<Decimal>,
    later: bool,
    bounded: bool,
    steps: Vec<Step>,
}

impl Caps {
    fn new(payment: Option<Decimal>, often: &Frequency) -> Self {
        let product = |a: Option<Decimal>, b: Option<Decimal>| a?.checked_mul(b?);
        let per_member = product(payment, often.in_all);
        let mut steps = Vec::new();
        if let Some(payment) = payment {
            steps.push(Step::Payment(payment));
            steps.extend(often.in_all.filter(|n| *n > Decimal::ONE).map(Step::Payments));
            steps.extend(often.members.filter(|n| *n > Decimal::ONE).map(Step::Groups));
        }
        Self {
            in_all: product(per_member, often.members),
            per_year: product(product(payment, often.in_year), often.members),
            years: often.years,
            periods: often.in_all,
            periods_a_year: often.periods_in_year,
            members: often.members,
            per_member,
            per_period: product(payment, often.members),
            later: often.later,
            bounded: payment.is_some(),
            steps,
        }
    }

    fn limited(self, bounds: &Bounds, clause: &TypedClause) -> Owed {
        self.with_limits(bounds, clause).finished()
    }

    fn with_limits(mut self, bounds: &Bounds, clause: &TypedClause) -> Self {
        // Limits hold for all members and periods, so nothing that a condition says about one of them counts here.
        let scope = Scope { given: Default::default(), ..bounds.periodic_scope(clause) };
        let currency = bounds.checked.document.header.currency;
        let rounding = bounds.checked.document.header.rounding;
        for limit in &clause.limits {
            let Some(high) = bounds.range(&limit.at_most, &scope).high else { continue };
            let most = Some(currency.round(high, rounding).max(Decimal::ZERO));
            let span = match limit.per {
                Period::Subject => &mut self.per_member,
                Period::Group if clause.per == Level::Group => &mut self.per_member,
                Period::Group => &mut self.in_all,
                Period::Year => &mut self.per_year,
                Period::EachPeriod => &mut self.per_period,
                Period::Contract => &mut self.in_all,
            };
            if limit.per != Period::Group || clause.per == Level::Group {
                *span = lesser(*span, most);
            }
            self.steps.extend(most.map(|most| Step::Limit(limit.per, most)));
        }
        self
    }

    fn finished(mut self) -> Owed {
        let product = |a: Option<Decimal>, b: Option<Decimal>| a?.checked_mul(b?);
        self.in_all = lesser(self.in_all, product(self.per_member, self.members));
        self.in_all = lesser(self.in_all, product(self.per_period, self.periods));
        self.per_year = lesser(self.per_year, product(self.per_period, self.periods_a_year));
        let by_years = product(self.per_year, self.years.map(Decimal::from));
        if let (Some(by_years), Some(years)) = (by_years, self.years)
            && self.in_all.is_none_or(|known| by_years < known)
        {
            self.steps.push(Step::Years(years, by_years));
            self.steps.extend(self.later.then_some(self.per_year).flatten().map(Step::Later));
            self.in_all = Some(by_years);
        }
        let total = self.in_all;
        let per_year = lesser(self.per_year, total);
        match (total, per_year) {
            (None, Some(_)) => self.steps.push(Step::Unlimited(Why::Term)),
            (None, None) if self.per_member.is_some() => self.steps.push(Step::Unlimited(Why::Members)),
            (None, None) if self.bounded => self.steps.push(Step::Unlimited(Why::Periods)),
            (None, None) => self.steps.push(Step::Unlimited(Why::Amount)),
            _ => {}
        }
        if let (Some(total), true) = (total, !matches!(self.steps.last(), Some(Step::Years(..) | Step::Later(_)))) {
            self.steps.push(Step::Total(total));
        }
        Owed { per_year, total, steps: self.steps }
    }
}
