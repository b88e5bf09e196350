//! How numbers, amounts, days and lists are written in each language.

use rust_decimal::Decimal;

use super::{language::Language, vocabulary};
use crate::{
    terms::{
        formula::{Expr, ExprKind, print::grouped, syntax::Unit},
        scalar::Scalar,
    },
    values::{Currency, Day},
};

/// A language with the currency of the contract.
#[derive(Clone, Copy, Debug)]
pub struct Writing {
    /// The language.
    pub language: Language,
    /// The currency.
    pub currency: Currency,
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl Writing {
    /// The text in the language.
    pub const fn pick<'t>(self, english: &'t str, chinese: &'t str) -> &'t str {
        match self.language {
            Language::English => english,
            Language::Chinese => chinese,
        }
    }

    /// A number with its digits in groups of three.
    pub fn number(self, value: Decimal) -> String {
        grouped(&value.to_string()).replace('_', ",")
    }

    /// `12.5 %`, 12.5%; the figure is the one before the sign.
    pub fn percent(self, figure: Decimal) -> String {
        format!("{}{}", self.number(figure), self.pick(" %", "%"))
    }

    /// `30,000 CNY`, 30,000 元.
    pub fn money(self, amount: Decimal) -> String {
        let unit = match (self.language, self.currency.code()) {
            (Language::Chinese, "CNY") => "元",
            (_, code) => return format!("{} {code}", self.number(trimmed(amount))),
        };
        format!("{} {unit}", self.number(trimmed(amount)))
    }

    /// `1 January 2025`, 2025年1月1日.
    pub fn day(self, day: Day) -> String {
        match self.language {
            Language::English => format!("{} {} {}", day.day(), MONTHS[(day.month() as usize + 11) % 12], day.year()),
            Language::Chinese => format!("{}年{}月{}日", day.year(), day.month(), day.day()),
        }
    }

    /// `90 days`, 90 天.
    pub fn duration(self, count: i32, unit: Unit) -> String {
        match self.language {
            Language::English => crate::terms::formula::print::duration(count, unit).replace('_', ","),
            Language::Chinese => {
                let word = match unit {
                    Unit::Day => "天",
                    Unit::Week => "周",
                    Unit::Month => "个月",
                    Unit::Year => "年",
                };
                format!("{} {word}", self.number(Decimal::from(count)))
            }
        }
    }

    /// A value.
    pub fn scalar(self, value: &Scalar) -> String {
        match value {
            Scalar::Number(value) => self.number(trimmed(*value)),
            Scalar::Money(value) => self.money(*value),
            Scalar::Date(day) => self.day(*day),
            Scalar::Days(count) => self.duration(*count, Unit::Day),
            Scalar::Months(count) => self.duration(*count, Unit::Month),
            Scalar::Text(text) => self.quoted(text),
            Scalar::Truth(true) => self.pick("yes", "是").into(),
            Scalar::Truth(false) => self.pick("no", "否").into(),
        }
    }

    /// A literal as the document writes it: percents stay percents, years stay years. None for other formulas.
    pub fn literal(self, expr: &Expr) -> Option<String> {
        Some(match &expr.kind {
            ExprKind::Number(value) => self.number(*value),
            ExprKind::Percent(figure) => self.percent(*figure),
            ExprKind::Money(amount, _) => self.money(*amount),
            ExprKind::Date(day) => self.day(*day),
            ExprKind::Duration(count, unit) => self.duration(*count, *unit),
            ExprKind::Text(text) => self.quoted(text),
            ExprKind::Truth(truth) => self.scalar(&Scalar::Truth(*truth)),
            ExprKind::Negative(inner) => format!("−{}", self.literal(inner)?),
            _ => return None,
        })
    }

    /// A value with the formula that gives it, where the formula is more than a literal.
    pub fn value(self, expr: Option<&Expr>, value: &Scalar) -> String {
        match expr {
            Some(expr) => self.literal(expr).unwrap_or_else(|| {
                format!("{}{}{expr}{}", self.scalar(value), self.pick(" (", "（"), self.pick(")", "）"))
            }),
            None => self.scalar(value),
        }
    }

    /// A text of the contract.
    pub fn quoted(self, text: &str) -> String {
        format!("{}{text}{}", self.pick("“", "“"), self.pick("”", "”"))
    }

    /// A name of the document.
    pub fn name(self, name: &str) -> String {
        format!("`{name}`")
    }

    /// `a, b and c`, a、b、c.
    pub fn all(self, parts: &[String]) -> String {
        self.listed(parts, self.pick(" and ", "、"))
    }

    /// `a, b or c`, a、b 或 c.
    pub fn any(self, parts: &[String]) -> String {
        self.listed(parts, self.pick(" or ", " 或 "))
    }

    fn listed(self, parts: &[String], last: &str) -> String {
        match parts {
            [] => String::new(),
            [only] => only.clone(),
            [first @ .., end] => format!("{}{last}{end}", first.join(self.pick(", ", "、"))),
        }
    }

    /// Brackets.
    pub fn bracketed(self, inner: &str) -> String {
        format!("{}{inner}{}", self.pick("(", "（"), self.pick(")", "）"))
    }

    /// The words for one enrolled unit.
    pub fn subject(self, is: &str) -> vocabulary::Noun {
        vocabulary::noun(is, self.language)
    }
}

/// Without zeros at the end.
pub fn trimmed(value: Decimal) -> Decimal {
    let whole = value.normalize();
    if whole.is_zero() { Decimal::ZERO } else { whole }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(write: impl Fn(Writing) -> String) -> [String; 2] {
        let currency = Currency::parse("CNY").unwrap();
        [Language::English, Language::Chinese].map(|language| write(Writing { language, currency }))
    }

    #[test]
    fn each_language_writes_figures_its_own_way() {
        let d = |text: &str| text.parse::<Decimal>().unwrap();
        assert_eq!(both(|w| w.money(d("30000"))), ["30,000 CNY", "30,000 元"]);
        assert_eq!(both(|w| w.money(d("1234567.50"))), ["1,234,567.5 CNY", "1,234,567.5 元"]);
        assert_eq!(both(|w| w.percent(d("12.5"))), ["12.5 %", "12.5%"]);
        assert_eq!(both(|w| w.day(Day::parse("2025-01-01").unwrap())), ["1 January 2025", "2025年1月1日"]);
        assert_eq!(both(|w| w.day(Day::parse("2024-12-31").unwrap())), ["31 December 2024", "2024年12月31日"]);
        assert_eq!(both(|w| w.duration(1, Unit::Month)), ["1 month", "1 个月"]);
        assert_eq!(both(|w| w.duration(1_200, Unit::Day)), ["1,200 days", "1,200 天"]);
        let parts = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(both(|w| w.all(&parts)), ["a, b and c", "a、b、c"]);
        assert_eq!(both(|w| w.any(&parts[..1])), ["a", "a"]);
        let euro = Writing { language: Language::Chinese, currency: Currency::parse("EUR").unwrap() };
        assert_eq!(euro.money(d("5")), "5 EUR");
    }
}
