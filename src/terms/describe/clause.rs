//! Clauses: who pays whom, for what, when, how much, by when, within what limits.

use super::{
    sheet::{Block, Section},
    speaker::Speaker,
    writing::trimmed,
};
use crate::terms::{
    check::{
        clauses::{Distance, TypedClause, TypedEach, TypedLimit},
        types::Level,
    },
    document::{Each, Period, Sharing, clause::Dates},
    exposure::step::span,
    formula::{Expr, syntax::Unit},
};

impl Speaker<'_> {
    /// All clauses.
    pub fn clauses(&self) -> Section {
        let blocks = (0..self.contract.checked.clauses.len()).flat_map(|index| self.one_clause(index));
        Section { id: "clauses", title: self.pick("Who pays what", "支付条款").into(), blocks: blocks.collect() }
    }

    fn one_clause(&self, index: usize) -> Vec<Block> {
        let clause = &self.contract.checked.clauses[index];
        let declared = &self.document().clauses[index];
        let label = |en: &str, zh: &str| self.pick(en, zh).to_owned();
        let mut points = vec![(label("Who pays whom", "付款方与收款方"), self.direction(clause))];
        points.push((label("For", "支付单位"), self.unit(clause, declared.each.as_ref())));
        if let Some(when) = &clause.when {
            points.push((label("When", "触发条件"), self.condition_with_meaning(when)));
        }
        points.push((label("Amount", "金额"), self.value(&clause.amount)));
        if let Some(weight) = &clause.shared_by {
            let weight = self.value(weight);
            let shared = self.say(
                || format!("one total, shared in proportion to {weight}; no cent is lost"),
                || format!("总额按 {weight} 的比例分摊，分毫不差"),
            );
            points.push((label("Shared", "分摊"), shared));
        }
        points.push((label("Due", "应付日"), self.due(clause)));
        for limit in &clause.limits {
            points.push((label("Limit", "赔付限额"), self.limit(clause, limit)));
        }
        let name = self.writing.name(&declared.name.text);
        let title = match self.writing.language.title(&declared.title) {
            Some(title) => format!("{title}{}{}", self.pick(" ", ""), self.writing.bracketed(&name)),
            None => name,
        };
        vec![Block::heading(title), Block::points(points)]
    }

    fn direction(&self, clause: &TypedClause) -> String {
        let payer = self.party(usize::from(clause.payer));
        if let [(payee, _)] = clause.payees[..] {
            let payee = self.party(usize::from(payee));
            return self.say(|| format!("{payer} pays {payee}"), || format!("{payer} 向 {payee} 支付"));
        }
        let hundred = rust_decimal::Decimal::ONE_HUNDRED;
        let shares = clause.payees.iter().map(|(payee, share)| {
            let share = self.writing.percent(trimmed(share.checked_mul(hundred).unwrap_or(*share)));
            let payee = self.party(usize::from(*payee));
            self.say(|| format!("{share} to {payee}"), || format!("{payee} {share}"))
        });
        let shares = self.writing.all(&shares.collect::<Vec<_>>());
        self.say(|| format!("{payer} pays {shares}"), || format!("{payer} 支付，按比例分配：{shares}"))
    }

    fn unit(&self, clause: &TypedClause, each: Option<&Each>) -> String {
        let unit = match clause.per {
            Level::Contract => self.pick("the contract as a whole", "合同整体").to_owned(),
            Level::Group => {
                let group = self.group_name();
                self.say(|| format!("each group with the same {group}"), || format!("每个 {group} 组"))
            }
            _ => self.subject().each,
        };
        match (&clause.each, each) {
            (None, _) => self.say(|| format!("{unit}, once"), || format!("{unit}，一次性支付")),
            (Some(TypedEach::Months(months)), _) => {
                let period = self.period(*months);
                self.say(|| format!("{unit}, each {period} of the term"), || format!("{unit}，合同期内{period}一期"))
            }
            (Some(TypedEach::Dates(from, distances)), each) => {
                let dates = self.dates(&self.value(from), distances, each);
                self.say(|| format!("{unit}, {dates}"), || format!("{unit}，分期付款：{dates}"))
            }
        }
    }

    fn period(&self, months: i32) -> String {
        match months {
            1 => self.pick("month", "每月").into(),
            3 => self.pick("quarter", "每季度").into(),
            6 => self.pick("half-year", "每半年").into(),
            12 => self.pick("year", "每年").into(),
            months => {
                let span = self.writing.duration(months, Unit::Month);
                self.say(|| format!("period of {span}"), || format!("每 {span}"))
            }
        }
    }

    fn dates(&self, from: &str, distances: &[Distance], each: Option<&Each>) -> String {
        let fixed = |expr: &Expr| self.writing.literal(expr);
        if let Some(Each::Schedule { dates: Dates::Every(every, times), .. }) = each {
            let count = fixed(times).unwrap_or_else(|| distances.len().to_string());
            let first = distances.get(1).map(|distance| self.distance(*distance));
            let every = fixed(every).or(first).unwrap_or_else(|| every.to_string());
            return self.say(
                || format!("on {count} dates {every} apart, the first on {from}"),
                || format!("自 {from} 起每 {every} 一期，共 {count} 期"),
            );
        }
        let written = match each {
            Some(Each::Schedule { dates: Dates::After(list), .. }) => list.iter().map(fixed).collect(),
            _ => vec![None; distances.len()],
        };
        let spans = distances.iter().zip(written);
        let spans: Vec<String> =
            spans.map(|(distance, written)| written.unwrap_or_else(|| self.distance(*distance))).collect();
        let spans = self.writing.all(&spans);
        self.say(|| format!("on the dates {spans} after {from}"), || format!("{from} 之后第 {spans} 各一期"))
    }

    fn distance(&self, distance: Distance) -> String {
        match distance {
            Distance::Days(count) => self.writing.duration(count, Unit::Day),
            Distance::Months(count) => self.writing.duration(count, Unit::Month),
        }
    }

    fn due(&self, clause: &TypedClause) -> String {
        match (&clause.due, &clause.each) {
            (Some(due), _) => self.value(due),
            (None, Some(TypedEach::Months(_))) => self.pick("the last day of the period", "本期末日").into(),
            (None, Some(TypedEach::Dates(..))) => self.pick("each of these dates", "各期日期当日").into(),
            (None, None) => self.pick("the day of the settlement", "结算日").into(),
        }
    }

    fn limit(&self, clause: &TypedClause, limit: &TypedLimit) -> String {
        let most = self.value(&limit.at_most);
        let over = span(limit.per, &self.document().subject, self.writing);
        let over = match limit.per {
            Period::Year => self.pick("per year of the term, by due date", "每个合同年度（按应付日归属）").to_owned(),
            Period::Contract => self.pick("in all", "全合同累计").to_owned(),
            Period::Group => {
                let group = self.group_name();
                self.say(|| format!("per group with the same {group}"), || format!("每个 {group} 组累计"))
            }
            Period::Subject => self.say(|| over.clone(), || format!("{over}累计")),
            Period::EachPeriod => over,
        };
        let text = self.say(|| format!("at most {most} {over}"), || format!("{over}最高赔付 {most}"));
        if limit.per == Period::Subject && clause.each.is_none() {
            return text;
        }
        let sharing = match limit.sharing {
            Sharing::InOrder => self.pick(
                "; payments are met in order of their due dates until it is used up",
                "；按应付日先后依次支付，额度用完为止",
            ),
            Sharing::ProRata => {
                self.pick("; if it is exceeded, all payments are cut in one proportion", "；超出时各笔按比例分摊削减")
            }
        };
        format!("{text}{sharing}")
    }
}
