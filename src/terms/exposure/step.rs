//! The steps by which a largest amount comes about, and their words.

use rust_decimal::Decimal;

use crate::terms::{
    describe::{Language, writing::Writing},
    document::Period,
};

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The clause never pays.
    Never,
    /// The amount can be negative, so that those who receive pay back.
    Negative,
    /// The most of one payment.
    Payment(Decimal),
    /// So many payments.
    Payments(Decimal),
    /// So many groups.
    Groups(Decimal),
    /// A limit.
    Limit(Period, Decimal),
    /// So many years, and what they make together.
    Years(u32, Decimal),
    /// What payments that fall due after the term can add each year.
    Later(Decimal),
    /// In all.
    Total(Decimal),
    /// Nothing limits it.
    Unlimited(Why),
}

/// Why there is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Nothing bounds the amount.
    Amount,
    /// The number of subjects or groups has no limit.
    Members,
    /// The number of payments has no limit.
    Periods,
    /// The contract has no term.
    Term,
}

/// The steps as one line.
pub fn sentence(steps: &[Step], subject: &str, writing: Writing) -> String {
    let mut text = String::new();
    for step in steps {
        let between = match step {
            _ if text.is_empty() => "",
            Step::Total(_) => writing.pick(" → ", " → "),
            _ => writing.pick("; ", "；"),
        };
        text.push_str(between);
        text.push_str(&words(step, subject, writing));
    }
    text
}

fn words(step: &Step, subject: &str, writing: Writing) -> String {
    let money = |amount: &Decimal| writing.money(*amount);
    let english = writing.language == Language::English;
    match step {
        Step::Never => writing.pick("never pays", "不会发生支付").into(),
        Step::Negative => {
            writing.pick("the amount can be negative and is then paid back", "金额可能为负，届时由收款方返还").into()
        }
        Step::Payment(most) if english => format!("at most {} per payment", money(most)),
        Step::Payment(most) => format!("每笔最多 {}", money(most)),
        Step::Payments(count) if english => format!("{} payments", writing.number(*count)),
        Step::Payments(count) => format!("共 {} 笔", writing.number(*count)),
        Step::Groups(count) if english => format!("{} groups", writing.number(*count)),
        Step::Groups(count) => format!("共 {} 组", writing.number(*count)),
        Step::Limit(per, most) if english => format!("at most {} {}", money(most), span(*per, subject, writing)),
        Step::Limit(per, most) => format!("{}最多 {}", span(*per, subject, writing), money(most)),
        Step::Years(1, total) => format!("{} → {}", writing.pick("1 year", "1 年"), money(total)),
        Step::Years(years, total) => format!("{years} {} → {}", writing.pick("years", "年"), money(total)),
        Step::Later(most) if english => {
            format!("payments that fall due after the term can add {} each year", money(most))
        }
        Step::Later(most) => format!("应付日晚于合同期满的，每年可另增 {}", money(most)),
        Step::Total(total) => money(total),
        Step::Unlimited(why) => unlimited(*why, subject, writing),
    }
}

fn unlimited(why: Why, subject: &str, writing: Writing) -> String {
    let many = writing.subject(subject);
    match (why, writing.language) {
        (Why::Amount, Language::English) => "unlimited: nothing caps the amount".into(),
        (Why::Amount, Language::Chinese) => "无上限：金额未设封顶".into(),
        (Why::Members, Language::English) => format!("unlimited: nothing caps it over all {}", many.many),
        (Why::Members, Language::Chinese) => format!("无上限：未就全部{}设总封顶", many.many),
        (Why::Periods, Language::English) => "unlimited: nothing says how often it falls due".into(),
        (Why::Periods, Language::Chinese) => "无上限：未约定支付次数".into(),
        (Why::Term, Language::English) => "unlimited in total: the contract has no term".into(),
        (Why::Term, Language::Chinese) => "总额无上限：合同未约定期限".into(),
    }
}

/// Over what a limit holds: `per patient`, 每名患者.
pub fn span(per: Period, subject: &str, writing: Writing) -> String {
    let subject = writing.subject(subject);
    match (per, writing.language) {
        (Period::Subject, Language::English) => format!("per {}", subject.one),
        (Period::Subject, Language::Chinese) => subject.each,
        (Period::Group, Language::English) => "per group".into(),
        (Period::Group, Language::Chinese) => "每组".into(),
        (Period::Year, Language::English) => "per year".into(),
        (Period::Year, Language::Chinese) => "每个合同年度".into(),
        (Period::EachPeriod, Language::English) => "per period".into(),
        (Period::EachPeriod, Language::Chinese) => "每期".into(),
        (Period::Contract, Language::English) => "in all".into(),
        (Period::Contract, Language::Chinese) => "合计".into(),
    }
}
