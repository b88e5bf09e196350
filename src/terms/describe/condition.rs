//! Formulas in words: conditions.

use super::{
    formula::{COMPARISON, LOOSE, Phrase, WHOLE},
    speaker::Speaker,
};
use crate::terms::{
    check::{
        typed::{Form, Gather, PeriodPart, Typed},
        types::Kind,
    },
    formula::Operator,
};

const OR: u8 = 1;
const AND: u8 = 2;

impl Speaker<'_> {
    /// A condition in words.
    pub fn condition(&self, typed: &Typed) -> String {
        self.condition_phrase(typed).text
    }

    /// A condition in words; a measure that stands alone or in a row of conditions is followed by what it means.
    pub fn condition_with_meaning(&self, typed: &Typed) -> String {
        match &typed.form {
            Form::Measure(index) => {
                let definition = &self.contract.checked.measures[*index];
                let (name, meaning) = (self.measure_name(*index), self.condition(definition));
                self.say(|| format!("{name} holds, that is: {meaning}"), || format!("{name} 成立，即：{meaning}"))
            }
            Form::Not(inner) if let Form::Measure(index) = &inner.form => {
                let (name, negated) = (self.measure_name(*index), self.condition(typed));
                let meaning = self.condition(&self.contract.checked.measures[*index]);
                self.say(
                    || format!("{negated} ({name} means: {meaning})"),
                    || format!("{negated}（{name} 指：{meaning}）"),
                )
            }
            Form::Binary(Operator::And, a, b) if self.range_of(a, b).is_none() => {
                let (a, b) = (self.condition_with_meaning(a), self.condition_with_meaning(b));
                self.say(|| format!("{a}; and {b}"), || format!("{a}；且 {b}"))
            }
            _ => self.condition(typed),
        }
    }

    pub(super) fn condition_phrase(&self, typed: &Typed) -> Phrase {
        let compared = |text: String| Phrase::new(text, COMPARISON);
        match &typed.form {
            Form::Not(inner) => self.negated(inner),
            Form::Binary(operator @ (Operator::And | Operator::Or), a, b) => self.joined(*operator, a, b),
            Form::Binary(operator, a, b) => {
                let word = self.comparison(*operator, &a.is.kind);
                compared(format!("{} {word} {}", self.part(a, COMPARISON + 1), self.part(b, COMPARISON + 1)))
            }
            Form::In(value, list) => {
                let value = self.part(value, COMPARISON + 1);
                let items: Vec<String> = list.iter().map(|item| self.writing.scalar(item)).collect();
                let items = self.writing.any(&items);
                compared(self.say(|| format!("{value} is {items}"), || format!("{value} 为 {items}")))
            }
            Form::StartsWith(value, text) => {
                let (value, text) = (self.part(value, COMPARISON + 1), self.writing.quoted(text));
                compared(self.say(|| format!("{value} begins with {text}"), || format!("{value} 以 {text} 开头")))
            }
            Form::Is(value, known) => {
                let value = self.part(value, COMPARISON + 1);
                let word = match known {
                    true => self.pick("is known", "已有记录"),
                    false => self.pick("is not known", "尚无记录"),
                };
                compared(format!("{value} {word}"))
            }
            Form::If(condition, a, b) => {
                let (when, a, b) = (self.condition(condition), self.condition(a), self.condition(b));
                let text = self.say(
                    || format!("in case {when}: {a}; otherwise: {b}"),
                    || format!("若 {when}，则须 {a}；否则须 {b}"),
                );
                Phrase::new(text, LOOSE)
            }
            Form::Default(a, b) => {
                let (a, b) = (self.condition(a), self.condition(b));
                let text =
                    self.say(|| format!("{a} (where that is not known: {b})"), || format!("{a}（无记录时：{b}）"));
                Phrase::new(text, COMPARISON)
            }
            Form::Aggregate(aggregate) if aggregate.gather == Gather::Exists => {
                compared(self.gathered(aggregate, typed.level))
            }
            Form::Constant(_) => self.phrase(typed),
            _ => {
                let name = match &typed.form {
                    Form::Measure(index) => self.measure_name(*index),
                    Form::Parameter(..) => self.phrase(typed).text,
                    Form::SubjectField(at) => self.writing.name(&self.document().fields[*at].name.text),
                    Form::RowField(kind, at) | Form::OnceField(kind, at) => {
                        self.writing.name(&self.document().facts[*kind].fields[*at].name.text)
                    }
                    Form::Previous(index) => {
                        let name = self.measure_name(*index);
                        self.say(|| format!("{name} of the period before"), || format!("上一期的 {name}"))
                    }
                    Form::Aggregate(aggregate) => self.gathered(aggregate, typed.level),
                    _ => String::new(),
                };
                compared(self.say(|| format!("{name} holds"), || format!("{name} 成立")))
            }
        }
    }

    fn negated(&self, inner: &Typed) -> Phrase {
        let compared = |text: String| Phrase::new(text, COMPARISON);
        match &inner.form {
            Form::Measure(index) => {
                let name = self.measure_name(*index);
                compared(self.say(|| format!("{name} does not hold"), || format!("{name} 不成立")))
            }
            Form::Aggregate(aggregate) if aggregate.gather == Gather::Exists => {
                compared(self.nothing_reported(aggregate))
            }
            _ => {
                let inner = self.writing.bracketed(&self.condition(inner));
                Phrase::new(self.say(|| format!("not {inner}"), || format!("并非{inner}")), WHOLE)
            }
        }
    }

    fn joined(&self, operator: Operator, a: &Typed, b: &Typed) -> Phrase {
        if operator == Operator::And
            && let Some(text) = self.range_of(a, b)
        {
            return Phrase::new(text, COMPARISON);
        }
        let (strength, word) = match operator {
            Operator::And => (AND, self.pick(" and ", "，且 ")),
            _ => (OR, self.pick(" or ", "，或 ")),
        };
        let side = |typed: &Typed| {
            let phrase = self.condition_phrase(typed);
            let other = phrase.strength < COMPARISON && phrase.strength != strength;
            if other { self.writing.bracketed(&phrase.text) } else { phrase.text }
        };
        Phrase::new(format!("{}{word}{}", side(a), side(b)), strength)
    }

    /// `x between a and b` and `day in period`, which the tree holds as two comparisons.
    fn range_of(&self, a: &Typed, b: &Typed) -> Option<String> {
        let (Form::Binary(Operator::AtLeast, value, low), Form::Binary(Operator::AtMost, same, high)) =
            (&a.form, &b.form)
        else {
            return None;
        };
        if value != same {
            return None;
        }
        let value = self.part(value, COMPARISON + 1);
        if low.form == Form::Period(PeriodPart::Start) && high.form == Form::Period(PeriodPart::End) {
            return Some(self.say(|| format!("{value} lies in the period"), || format!("{value} 在本期内")));
        }
        let (low, high) = (self.part(low, COMPARISON + 1), self.part(high, COMPARISON + 1));
        Some(self.say(
            || format!("{value} is between {low} and {high} (both included)"),
            || format!("{value} 在 {low} 至 {high} 之间（含两端）"),
        ))
    }

    fn comparison(&self, operator: Operator, kind: &Kind) -> &'static str {
        let date = *kind == Kind::Date;
        let (english, chinese) = match (operator, date) {
            (Operator::Equal, _) => ("is", "为"),
            (Operator::Unequal, _) => ("is not", "不为"),
            (Operator::Less, true) => ("is before", "早于"),
            (Operator::AtMost, true) => ("is on or before", "不晚于"),
            (Operator::More, true) => ("is after", "晚于"),
            (Operator::AtLeast, true) => ("is on or after", "不早于"),
            (Operator::Less, false) => ("is less than", "低于"),
            (Operator::AtMost, false) => ("is at most", "不超过"),
            (Operator::More, false) => ("is more than", "超过"),
            _ => ("is at least", "不低于"),
        };
        self.writing.pick(english, chinese)
    }
}
