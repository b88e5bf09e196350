//! From tokens to a tree, by precedence climbing. Depth and length are bounded, so that every input ends in an answer.

use super::{
    syntax::{Expr, ExprKind, Name, Operator},
    token::{SyntaxError, Token, tokens},
};
use crate::terms::source::Span;

/// The most tokens of one formula, which also bounds how deep its tree can be.
const MOST_TOKENS: usize = 2_000;
const MOST_DEPTH: usize = 48;
/// The most operators in a row, such as the plus signs of one long sum.
const MOST_CHAIN: usize = 200;

const KEYWORDS: [&str; 14] =
    ["and", "or", "not", "in", "between", "if", "then", "else", "is", "known", "missing", "where", "yes", "no"];

/// Tells whether a word has a meaning of its own in formulas and so cannot name anything.
pub fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
}

/// Reads a formula. `positions` gives each character's place in the document.
pub fn parse(text: &str, positions: &[u32]) -> Result<Expr, SyntaxError> {
    let tokens = tokens(text, positions)?;
    let end = positions.last().map_or(0, |last| last + 1);
    let mut parser = Parser { tokens: &tokens, at: 0, depth: 0, end };
    if tokens.len() > MOST_TOKENS {
        return Err(parser.error(
            format!("a formula of {} words; at most {MOST_TOKENS} are read", tokens.len()),
            "split it into measures",
        ));
    }
    let expr = parser.expr()?;
    if parser.at < tokens.len() {
        return Err(parser.unexpected("the end of the formula"));
    }
    Ok(expr)
}

struct Parser<'t> {
    tokens: &'t [(Token, Span)],
    at: usize,
    depth: usize,
    end: u32,
}

type Parsed = Result<Expr, SyntaxError>;

impl Parser<'_> {
    fn span(&self) -> Span {
        self.tokens.get(self.at).map_or(Span::new(self.end.saturating_sub(1), self.end), |(_, span)| *span)
    }

    fn error(&self, message: impl Into<String>, help: &str) -> SyntaxError {
        SyntaxError { span: self.span(), message: message.into(), help: help.into() }
    }

    fn unexpected(&self, expected: &str) -> SyntaxError {
        let help = match self.peek() {
            Some(Token::Sign(",")) if expected.contains("end") => "write large numbers as 30_000, without commas",
            Some(Token::Sign("=")) => "a formula says what a value is; comparisons stand inside `if` or `where`",
            Some(Token::Word(_)) if expected.contains("end") => {
                "an operator such as + - * / and or is missing before this word, or a text lacks its double quotes"
            }
            _ => "check the operators and brackets around this place",
        };
        self.error(format!("expected {expected}, found {}", self.found()), help)
    }

    fn found(&self) -> String {
        match self.peek() {
            None => "the end of the formula".into(),
            Some(Token::Word(word)) => format!("`{word}`"),
            Some(Token::Sign(sign)) => format!("`{sign}`"),
            Some(Token::Text(text)) => format!("the text \"{text}\""),
            Some(Token::Date(day)) => format!("the date {day}"),
            Some(_) => "a number".into(),
        }
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(token, _)| token)
    }

    fn is_word(&self, ahead: usize, word: &str) -> bool {
        matches!(self.tokens.get(self.at + ahead), Some((Token::Word(found), _)) if found == word)
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.is_word(0, word);
        self.at += usize::from(found);
        found
    }

    fn is_sign(&self, ahead: usize, sign: &str) -> bool {
        matches!(self.tokens.get(self.at + ahead), Some((Token::Sign(found), _)) if *found == sign)
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let found = self.is_sign(0, sign);
        self.at += usize::from(found);
        found
    }

    fn expect_sign(&mut self, sign: &str) -> Result<Span, SyntaxError> {
        let span = self.span();
        if self.take_sign(sign) { Ok(span) } else { Err(self.unexpected(&format!("`{sign}`"))) }
    }

    fn expr(&mut self) -> Parsed {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err(self
                .error(format!("nested more than {MOST_DEPTH} levels deep"), "name parts of the formula as measures"));
        }
        let parsed = if self.is_word(0, "if") { self.conditional() } else { self.binary(1) };
        self.depth -= 1;
        parsed
    }

    fn conditional(&mut self) -> Parsed {
        let start = self.span();
        self.at += 1;
        let condition = self.expr()?;
        if !self.take_word("then") {
            return Err(self.unexpected("`then`"));
        }
        let yes = self.expr()?;
        if !self.take_word("else") {
            return Err(self.unexpected("`else`: a formula must say what holds otherwise"));
        }
        let no = self.expr()?;
        let span = start.to(no.span);
        Ok(Expr { span, kind: ExprKind::If(Box::new(condition), Box::new(yes), Box::new(no)) })
    }

    fn operator(&self) -> Option<Operator> {
        Some(match self.peek()? {
            Token::Word(word) if word == "or" => Operator::Or,
            Token::Word(word) if word == "and" => Operator::And,
            Token::Sign("=" | "==") => Operator::Equal,
            Token::Sign("<>" | "!=") => Operator::Unequal,
            Token::Sign("<") => Operator::Less,
            Token::Sign("<=") => Operator::AtMost,
            Token::Sign(">") => Operator::More,
            Token::Sign(">=") => Operator::AtLeast,
            Token::Sign("+") => Operator::Plus,
            Token::Sign("-") => Operator::Minus,
            Token::Sign("*") => Operator::Times,
            Token::Sign("/") => Operator::Divided,
            _ => return None,
        })
    }

    fn binary(&mut self, least: u8) -> Parsed {
        let mut left = self.prefix(least)?;
        let mut chain = 0;
        loop {
            chain += 1;
            if chain > MOST_CHAIN {
                return Err(self.error(
                    format!("more than {MOST_CHAIN} operators in a row"),
                    "name parts of the formula as measures",
                ));
            }
            if least <= 4
                && let Some(tested) = self.test(&left)?
            {
                left = tested;
                continue;
            }
            let Some(operator) = self.operator().filter(|operator| operator.strength() >= least) else {
                return Ok(left);
            };
            self.at += 1;
            let right = if self.is_word(0, "if") { self.expr()? } else { self.binary(operator.strength() + 1)? };
            if operator.compares() && self.operator().is_some_and(Operator::compares) {
                return Err(
                    self.error("comparisons cannot be chained", "write `x between a and b`, or join two with `and`")
                );
            }
            let span = left.span.to(right.span);
            left = Expr { span, kind: ExprKind::Binary(operator, Box::new(left), Box::new(right)) };
        }
    }

    /// Reads `is known`, `in …`, `between …` and `starts with …` after a value.
    fn test(&mut self, left: &Expr) -> Result<Option<Expr>, SyntaxError> {
        let negated = self.is_word(0, "not") && (self.is_word(1, "in") || self.is_word(1, "between"));
        self.at += usize::from(negated);
        let subject = || Box::new(left.clone());
        let kind = if self.take_word("is") {
            ExprKind::Is(subject(), self.known_or_missing()?)
        } else if self.is_word(0, "in") && self.is_word(1, "period") {
            self.at += 2;
            ExprKind::InPeriod(subject())
        } else if self.take_word("in") {
            ExprKind::In(subject(), Box::new(self.binary(5)?))
        } else if self.take_word("between") {
            let low = self.binary(5)?;
            if !self.take_word("and") {
                return Err(self.unexpected("`and` with the upper end of `between`"));
            }
            ExprKind::Between(subject(), Box::new(low), Box::new(self.binary(5)?))
        } else if self.is_word(0, "starts") && self.is_word(1, "with") {
            self.at += 2;
            ExprKind::StartsWith(subject(), Box::new(self.binary(5)?))
        } else {
            return Ok(None);
        };
        let span = left.span.to(self.before());
        let tested = Expr { span, kind };
        Ok(Some(if negated { Expr { span, kind: ExprKind::Not(Box::new(tested)) } } else { tested }))
    }

    fn before(&self) -> Span {
        self.tokens[self.at.saturating_sub(1)].1
    }

    fn known_or_missing(&mut self) -> Result<bool, SyntaxError> {
        let negated = self.take_word("not");
        if self.take_word("known") {
            Ok(!negated)
        } else if self.take_word("missing") {
            Ok(negated)
        } else {
            Err(self.unexpected("`known` or `missing`"))
        }
    }

    fn prefix(&mut self, least: u8) -> Parsed {
        let start = self.span();
        if least <= 3 && self.is_word(0, "not") {
            self.at += 1;
            self.deeper()?;
            let inner = self.binary(3)?;
            self.depth -= 1;
            return Ok(Expr { span: start.to(inner.span), kind: ExprKind::Not(Box::new(inner)) });
        }
        if self.take_sign("-") {
            self.deeper()?;
            let inner = self.prefix(7)?;
            self.depth -= 1;
            return Ok(Expr { span: start.to(inner.span), kind: ExprKind::Negative(Box::new(inner)) });
        }
        self.primary()
    }

    fn deeper(&mut self) -> Result<(), SyntaxError> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err(self
                .error(format!("nested more than {MOST_DEPTH} levels deep"), "name parts of the formula as measures"));
        }
        Ok(())
    }

    fn primary(&mut self) -> Parsed {
        let span = self.span();
        let Some(token) = self.peek().cloned() else {
            return Err(self.unexpected("a value"));
        };
        let kind = match token {
            Token::Number(value) => ExprKind::Number(value),
            Token::Percent(value) => ExprKind::Percent(value),
            Token::Money(value, currency) => ExprKind::Money(value, currency),
            Token::Date(day) => ExprKind::Date(day),
            Token::Duration(count, unit) => ExprKind::Duration(count, unit),
            Token::Text(text) => ExprKind::Text(text),
            Token::Sign("(") => return self.bracketed(),
            Token::Sign("[") => return self.list(),
            Token::Word(word) if word == "yes" || word == "no" => ExprKind::Truth(word == "yes"),
            Token::Word(word) if !is_keyword(&word) => return self.named(word),
            _ => return Err(self.unexpected("a value")),
        };
        self.at += 1;
        Ok(Expr { span, kind })
    }

    fn bracketed(&mut self) -> Parsed {
        let open = self.expect_sign("(")?;
        let inner = self.expr()?;
        let close = self.expect_sign(")")?;
        Ok(Expr { span: open.to(close), kind: inner.kind })
    }

    fn list(&mut self) -> Parsed {
        let open = self.expect_sign("[")?;
        let mut items = Vec::new();
        while !self.is_sign(0, "]") {
            items.push(self.expr()?);
            if !self.take_sign(",") {
                break;
            }
        }
        let close = self.expect_sign("]")?;
        Ok(Expr { span: open.to(close), kind: ExprKind::List(items) })
    }

    /// Reads a name, a path of names or a call.
    fn named(&mut self, first: String) -> Parsed {
        let start = self.span();
        self.at += 1;
        let mut name = Name { text: first, span: start };
        if name.text == "round" {
            self.rounding_words(&mut name);
        }
        if self.is_sign(0, "(") {
            return self.call(name);
        }
        let mut path = vec![name];
        while self.take_sign(".") {
            let span = self.span();
            let Some(Token::Word(part)) = self.peek().cloned() else {
                return Err(self.unexpected("a name after `.`"));
            };
            self.at += 1;
            path.push(Name { text: part, span });
        }
        if path.len() > 2 {
            return Err(self.error("a path has two names at most", "write `fact.field`, `measure` or `period.end`"));
        }
        Ok(Expr { span: start.to(self.before()), kind: ExprKind::Path(path) })
    }

    /// `round half up(…)`: the words before the bracket belong to the name.
    fn rounding_words(&mut self, name: &mut Name) {
        for words in [&["half", "up"][..], &["half", "even"], &["down"], &["up"]] {
            if words.iter().enumerate().all(|(ahead, word)| self.is_word(ahead, word)) && self.is_sign(words.len(), "(")
            {
                self.at += words.len();
                name.text = format!("round {}", words.join(" "));
                name.span = name.span.to(self.before());
                return;
            }
        }
    }

    fn call(&mut self, name: Name) -> Parsed {
        self.expect_sign("(")?;
        let (mut arguments, mut filter, mut named) = (Vec::new(), None, Vec::new());
        while !self.is_sign(0, ")") {
            if let (Some(Token::Word(word)), true) = (self.peek().cloned(), self.is_sign(1, ":")) {
                let argument = Name { text: word, span: self.span() };
                self.at += 2;
                named.push((argument, self.expr()?));
            } else if named.is_empty() {
                arguments.push(self.expr()?);
            } else {
                return Err(
                    self.error("an argument without a name follows one with a name", "put arguments with names last")
                );
            }
            if self.take_word("where") {
                if filter.is_some() {
                    return Err(self.error("a second `where` in one call", "join the conditions with `and`"));
                }
                filter = Some(Box::new(self.expr()?));
            }
            if !self.take_sign(",") {
                break;
            }
        }
        let close = self.expect_sign(")")?;
        Ok(Expr { span: name.span.to(close), kind: ExprKind::Call { name, arguments, filter, named } })
    }
}
