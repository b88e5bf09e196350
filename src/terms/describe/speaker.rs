//! What everything in a contract is called, and literals as they are written.

use super::{
    language::Language,
    vocabulary::Noun,
    writing::{Writing, trimmed},
};
use crate::terms::{
    Contract,
    check::typed::Typed,
    document::{Document, clause::duration_of},
    formula::{Expr, ExprKind, parse},
    scalar::Scalar,
};

/// Speaks about one contract in one language.
#[derive(Clone, Copy)]
pub struct Speaker<'c> {
    /// The contract.
    pub contract: &'c Contract,
    /// The language and currency.
    pub writing: Writing,
}

impl<'c> Speaker<'c> {
    /// The document.
    pub fn document(&self) -> &'c Document {
        &self.contract.checked.document
    }

    /// Tells whether the language is English.
    pub fn english(&self) -> bool {
        self.writing.language == Language::English
    }

    /// The text in the language.
    pub fn pick<'t>(&self, english: &'t str, chinese: &'t str) -> &'t str {
        self.writing.pick(english, chinese)
    }

    /// One of two made texts.
    pub fn say(&self, english: impl FnOnce() -> String, chinese: impl FnOnce() -> String) -> String {
        if self.english() { english() } else { chinese() }
    }

    /// The words for one enrolled unit.
    pub fn subject(&self) -> Noun {
        self.writing.subject(&self.document().subject)
    }

    /// The name of a party.
    pub fn party(&self, at: usize) -> String {
        let party = &self.document().header.parties[at];
        self.titled(self.writing.language.title(&party.title), &party.name.text)
    }

    /// The name of a kind of fact.
    pub fn fact(&self, at: usize) -> String {
        let fact = &self.document().facts[at];
        self.titled(self.writing.language.title(&fact.title), &fact.name.text)
    }

    /// The name of a parameter by its name in the document.
    pub fn parameter(&self, name: &str) -> String {
        let declared = self.document().parameters.iter().find(|parameter| parameter.name.text == name);
        let title = declared.and_then(|parameter| self.writing.language.title(&parameter.title));
        title
            .map_or_else(|| self.writing.name(name), |title| self.say(|| format!("“{title}”"), || format!("“{title}”")))
    }

    /// The name of a clause.
    pub fn clause(&self, at: usize) -> String {
        let clause = &self.document().clauses[at];
        self.titled(self.writing.language.title(&clause.title), &clause.name.text)
    }

    /// A title, or else the name as the document writes it.
    pub fn titled(&self, title: Option<&str>, name: &str) -> String {
        title.map_or_else(|| self.writing.name(name), str::to_owned)
    }

    /// The value in force of a parameter, without the formula that may give it.
    pub fn figure_of(&self, name: &str, value: &Scalar) -> String {
        let declared = self.document().parameters.iter().find(|parameter| parameter.name.text == name);
        let written = declared.and_then(|parameter| self.writing.literal(parameter.value.as_ref()?));
        written.unwrap_or_else(|| self.writing.scalar(value))
    }

    /// The value in force of a parameter.
    pub fn value_of(&self, name: &str, value: &Scalar) -> String {
        let declared = self.document().parameters.iter().find(|parameter| parameter.name.text == name);
        self.writing.value(declared.and_then(|parameter| parameter.value.as_ref()), value)
    }

    /// A literal as the document writes it.
    pub fn literal(&self, typed: &Typed, value: &Scalar) -> String {
        let chars = self.contract.source.chars();
        let (start, end) = (typed.span.start as usize, typed.span.end as usize);
        let text: String = chars[start.min(chars.len())..end.min(chars.len())].iter().collect();
        let places = vec![0; text.chars().count()];
        let written = parse(&text, &places).ok().filter(|expr| means(expr, value));
        written.and_then(|expr| self.writing.literal(&expr)).unwrap_or_else(|| self.writing.scalar(value))
    }

    /// Chinese text without the spaces that stand between Chinese characters; English text as it is.
    pub fn tidy(&self, text: &str) -> String {
        if self.english() {
            return text.to_owned();
        }
        let chars: Vec<char> = text.chars().collect();
        let mark = |c: char| matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff60}' | '“' | '”');
        let wide = |c: char| matches!(c, '\u{3400}'..='\u{9fff}') || mark(c);
        let mut tidy = String::new();
        for (at, c) in chars.iter().enumerate() {
            let before = at.checked_sub(1).map(|before| chars[before]);
            let after = chars.get(at + 1).copied();
            let between = before.zip(after).is_some_and(|(a, b)| (wide(a) && wide(b)) || mark(a) || mark(b));
            if *c != ' ' || !between {
                tidy.push(*c);
            }
        }
        tidy
    }
}

/// Tells whether a written literal is a value.
fn means(expr: &Expr, value: &Scalar) -> bool {
    match (&expr.kind, value) {
        (ExprKind::Number(written), Scalar::Number(value)) => written == value,
        (ExprKind::Percent(written), Scalar::Number(value)) => {
            trimmed(*written / rust_decimal::Decimal::ONE_HUNDRED) == trimmed(*value)
        }
        (ExprKind::Money(written, _), Scalar::Money(value)) => written == value,
        (ExprKind::Duration(..), Scalar::Days(days)) => duration_of(&expr.kind) == Some((*days, false)),
        (ExprKind::Duration(..), Scalar::Months(months)) => duration_of(&expr.kind) == Some((*months, true)),
        _ => false,
    }
}
