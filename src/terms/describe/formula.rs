//! Formulas in words: values.

use super::speaker::Speaker;
use crate::{
    terms::{
        check::{
            typed::{Form, Function, PeriodPart, Typed},
            types::Kind,
        },
        formula::Operator,
    },
    values::Rounding,
};

/// Words with the strength by which they hold together; weaker ones stand in brackets inside stronger ones.
pub struct Phrase {
    /// The words.
    pub text: String,
    /// The strength.
    pub strength: u8,
}

/// Names, literals, and whatever brackets itself.
pub const WHOLE: u8 = 8;
/// Products.
const PRODUCT: u8 = 7;
/// Sums.
const SUM: u8 = 6;
/// Several words for one value, such as `the total of a over all b`; stands in brackets inside sums and products.
const WORDS: u8 = 5;
/// Comparisons.
pub const COMPARISON: u8 = 4;
/// What has several parts with words between them.
pub const LOOSE: u8 = 0;

impl Phrase {
    /// Words of a strength.
    pub fn new(text: impl Into<String>, strength: u8) -> Self {
        Self { text: text.into(), strength }
    }
}

impl Speaker<'_> {
    /// A value in words.
    pub fn value(&self, typed: &Typed) -> String {
        self.phrase(typed).text
    }

    /// A value in words that can stand beside others.
    pub fn part(&self, typed: &Typed, least: u8) -> String {
        let phrase = self.phrase(typed);
        if phrase.strength < least { self.writing.bracketed(&phrase.text) } else { phrase.text }
    }

    pub(super) fn phrase(&self, typed: &Typed) -> Phrase {
        if typed.is.kind == Kind::Truth && !matches!(typed.form, Form::Constant(_) | Form::Parameter(..) | Form::If(..))
        {
            return self.condition_phrase(typed);
        }
        let whole = |text: String| Phrase::new(text, WHOLE);
        match &typed.form {
            Form::Constant(value) => whole(self.literal(typed, value)),
            Form::Parameter(at, value) => {
                let name = &self.contract.checked.parameters[*at].0;
                let value = self.figure_of(name, value);
                whole(format!("{}{}", self.parameter(name), self.spaced_brackets(&value)))
            }
            Form::AsOf => whole(self.pick("the day of the settlement", "结算日").into()),
            Form::EnrolledOn => whole(self.pick("the day of enrolment", "入组日").into()),
            Form::SubjectField(at) => whole(self.writing.name(&self.document().fields[*at].name.text)),
            Form::GroupKey => whole(self.group_name()),
            Form::RowOn(_) => whole(self.pick("its day", "该次日期").into()),
            Form::RowField(kind, at) => {
                let name = self.writing.name(&self.document().facts[*kind].fields[*at].name.text);
                whole(name)
            }
            Form::OnceOn(kind) => {
                let fact = self.fact(*kind);
                whole(self.say(|| format!("the day of {fact}"), || format!("{fact} 的日期")))
            }
            Form::OnceField(kind, at) => {
                let (fact, field) = (self.fact(*kind), &self.document().facts[*kind].fields[*at].name.text);
                let field = self.writing.name(field);
                whole(self.say(|| format!("{field} at {fact}"), || format!("{fact} 的 {field}")))
            }
            Form::Measure(index) => whole(self.measure_name(*index)),
            Form::Previous(index) => {
                let name = self.measure_name(*index);
                whole(self.say(|| format!("{name} of the period before"), || format!("上一期的 {name}")))
            }
            Form::Period(part) => whole(self.period_part(*part).into()),
            Form::Negative(inner) => Phrase::new(format!("−{}", self.part(inner, WHOLE)), PRODUCT),
            Form::Binary(operator, a, b) => self.computed(*operator, a, b),
            Form::Default(a, b) => {
                let (a, b) = (self.before_brackets(a), self.part(b, WORDS));
                let text = self.say(|| format!("{a}, or {b} where there is none"), || format!("{a}（缺失时取 {b}）"));
                Phrase::new(text, if self.english() { LOOSE } else { WHOLE })
            }
            Form::If(condition, a, b) => self.choice(condition, a, b),
            Form::Lookup(table, value) => {
                let name = self.writing.name(&self.contract.checked.tables[*table].name);
                whole(format!("{name}{}", self.spaced_brackets(&self.value(value))))
            }
            Form::Round(rounding, value, places) => self.rounded(*rounding, value, *places),
            Form::Call(function, parts) => self.called(*function, parts),
            Form::Aggregate(aggregate) => Phrase::new(self.gathered(aggregate, typed.level), WORDS),
            Form::Rank(own, all, largest_first) => Phrase::new(self.rank(own, all, *largest_first), WORDS),
            Form::Running(value, key, kind) => {
                Phrase::new(self.running(value.as_deref(), key.as_deref(), *kind), WORDS)
            }
            _ => self.condition_phrase(typed),
        }
    }

    /// A value that is followed by words about it in brackets; a sum or product stands in brackets itself.
    fn before_brackets(&self, typed: &Typed) -> String {
        let phrase = self.phrase(typed);
        let several = phrase.strength != WORDS && phrase.strength < WHOLE;
        if several { self.writing.bracketed(&phrase.text) } else { phrase.text }
    }

    fn spaced_brackets(&self, inner: &str) -> String {
        format!("{}{}", self.pick(" ", ""), self.writing.bracketed(inner))
    }

    /// The name of a measure.
    pub fn measure_name(&self, index: usize) -> String {
        self.writing.name(&self.document().measures[index].name.text)
    }

    /// The field that groups subjects.
    pub fn group_name(&self) -> String {
        self.document().group.as_ref().map(|name| self.writing.name(&name.text)).unwrap_or_default()
    }

    fn period_part(&self, part: PeriodPart) -> &'static str {
        match part {
            PeriodPart::Start => self.writing.pick("the first day of the period", "本期首日"),
            PeriodPart::End => self.writing.pick("the last day of the period", "本期末日"),
            PeriodPart::Number => self.writing.pick("the number of the period", "期数"),
        }
    }

    fn computed(&self, operator: Operator, a: &Typed, b: &Typed) -> Phrase {
        let (sign, strength) = match operator {
            Operator::Plus => ("+", SUM),
            Operator::Minus => ("−", SUM),
            Operator::Times => ("×", PRODUCT),
            _ => ("÷", PRODUCT),
        };
        Phrase::new(format!("{} {sign} {}", self.part(a, strength), self.part(b, strength + 1)), strength)
    }

    fn choice(&self, condition: &Typed, a: &Typed, b: &Typed) -> Phrase {
        let (when, a, b) = (self.condition(condition), self.part(a, 1), self.value(b));
        let text = self.say(|| format!("{a} if {when}, otherwise {b}"), || format!("若 {when}，则为 {a}；否则为 {b}"));
        Phrase::new(text, LOOSE)
    }

    fn rounded(&self, rounding: Rounding, value: &Typed, places: u32) -> Phrase {
        let (value, how) = (self.before_brackets(value), self.rounding(rounding));
        let text = self.say(
            || format!("{value} rounded to {places} decimal place{} ({how})", if places == 1 { "" } else { "s" }),
            || format!("{value}（保留 {places} 位小数，{how}）"),
        );
        Phrase::new(text, if self.english() { LOOSE } else { WHOLE })
    }

    /// A way of rounding.
    pub fn rounding(&self, rounding: Rounding) -> &'static str {
        match rounding {
            Rounding::HalfEven => self.writing.pick("half to even", "四舍六入五成双"),
            Rounding::HalfUp => self.writing.pick("half up", "四舍五入"),
            Rounding::Down => self.writing.pick("toward zero", "舍去尾数"),
            Rounding::Up => self.writing.pick("away from zero", "进位"),
        }
    }

    fn called(&self, function: Function, parts: &[Typed]) -> Phrase {
        let whole = |text: String| Phrase::new(text, WORDS);
        let values: Vec<String> = parts.iter().map(|part| self.before_brackets(part)).collect();
        let at = |index: usize| values.get(index).cloned().unwrap_or_default();
        match function {
            Function::Statistic(statistic) => whole(self.statistic(statistic, parts)),
            Function::Min | Function::Max => self.extreme(function == Function::Max, parts, &values),
            Function::Abs => {
                whole(self.say(|| format!("the absolute value of {}", at(0)), || format!("{} 的绝对值", at(0))))
            }
            Function::MonthsBetween => whole(self.say(
                || format!("the whole months from {} to {}", at(0), at(1)),
                || format!("自 {} 至 {} 的整月数", at(0), at(1)),
            )),
            Function::YearsBetween => whole(self.say(
                || format!("the whole years from {} to {}", at(0), at(1)),
                || format!("自 {} 至 {} 的整年数", at(0), at(1)),
            )),
            Function::YearOf => {
                whole(self.say(|| format!("the calendar year of {}", at(0)), || format!("{} 所在年份", at(0))))
            }
            Function::MonthOf => {
                whole(self.say(|| format!("the calendar month of {}", at(0)), || format!("{} 所在月份", at(0))))
            }
        }
    }

    /// The greatest or smallest of several values; of a value and a bound, the value with its bound.
    fn extreme(&self, greatest: bool, parts: &[Typed], values: &[String]) -> Phrase {
        let fixed = |typed: &Typed| matches!(typed.form, Form::Constant(_) | Form::Parameter(..));
        if let [a, b] = parts
            && fixed(a) != fixed(b)
        {
            let (bound, value) = if fixed(a) { (&values[0], b) } else { (&values[1], a) };
            let value = self.before_brackets(value);
            let text = match greatest {
                true => self.say(|| format!("{value}, but at least {bound}"), || format!("{value}（最低取 {bound}）")),
                false => self.say(|| format!("{value}, but at most {bound}"), || format!("{value}（最高取 {bound}）")),
            };
            return Phrase::new(text, if self.english() { LOOSE } else { WHOLE });
        }
        let all = self.writing.all(values);
        let text = match greatest {
            true => self.say(|| format!("the greatest of {all}"), || format!("{all} 中的最大者")),
            false => self.say(|| format!("the smallest of {all}"), || format!("{all} 中的最小者")),
        };
        Phrase::new(text, WORDS)
    }
}
