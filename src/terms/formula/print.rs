//! From a tree to its one canonical text: the fewest brackets, single spaces.

use std::fmt::{self, Display, Formatter};

use super::syntax::{Expr, ExprKind, Operator, Unit};

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write_at(self, 0, f)
    }
}

/// Binding strength of the outermost form; literals, names and calls bind closest.
fn strength(kind: &ExprKind) -> u8 {
    match kind {
        ExprKind::If(..) => 0,
        ExprKind::Binary(operator, ..) => operator.strength(),
        ExprKind::Not(_) => 3,
        ExprKind::Between(..)
        | ExprKind::In(..)
        | ExprKind::InPeriod(_)
        | ExprKind::StartsWith(..)
        | ExprKind::Is(..) => 4,
        ExprKind::Negative(_) => 7,
        _ => 8,
    }
}

fn write_at(expr: &Expr, least: u8, f: &mut Formatter<'_>) -> fmt::Result {
    if strength(&expr.kind) < least {
        f.write_str("(")?;
        write_kind(&expr.kind, f)?;
        return f.write_str(")");
    }
    write_kind(&expr.kind, f)
}

fn write_kind(kind: &ExprKind, f: &mut Formatter<'_>) -> fmt::Result {
    match kind {
        ExprKind::Number(value) => f.write_str(&grouped(&value.to_string())),
        ExprKind::Percent(value) => write!(f, "{}%", grouped(&value.to_string())),
        ExprKind::Money(value, currency) => write!(f, "{} {currency}", grouped(&value.to_string())),
        ExprKind::Date(day) => day.fmt(f),
        ExprKind::Duration(count, unit) => f.write_str(&duration(*count, *unit)),
        ExprKind::Text(text) => write!(f, "\"{text}\""),
        ExprKind::Truth(yes) => f.write_str(if *yes { "yes" } else { "no" }),
        ExprKind::Path(path) => list(path.iter().map(|name| &name.text), ".", f),
        ExprKind::List(items) => {
            f.write_str("[")?;
            list(items, ", ", f)?;
            f.write_str("]")
        }
        ExprKind::Call { name, arguments, filter, named } => {
            write!(f, "{}(", name.text)?;
            list(arguments, ", ", f)?;
            if let Some(filter) = filter {
                write!(f, " where {filter}")?;
            }
            for (at, (name, value)) in named.iter().enumerate() {
                let first = at == 0 && arguments.is_empty();
                write!(f, "{}{}: {value}", if first { "" } else { ", " }, name.text)?;
            }
            f.write_str(")")
        }
        ExprKind::Negative(inner) => {
            f.write_str("-")?;
            write_at(inner, 7, f)
        }
        ExprKind::Not(inner) => {
            f.write_str("not ")?;
            write_at(inner, 3, f)
        }
        ExprKind::Binary(operator, left, right) => binary(*operator, left, right, f),
        ExprKind::Between(value, low, high) => {
            write_at(value, 5, f)?;
            f.write_str(" between ")?;
            write_at(low, 5, f)?;
            f.write_str(" and ")?;
            write_at(high, 5, f)
        }
        ExprKind::In(value, set) => infix(value, " in ", set, f),
        ExprKind::InPeriod(value) => {
            write_at(value, 5, f)?;
            f.write_str(" in period")
        }
        ExprKind::StartsWith(value, text) => infix(value, " starts with ", text, f),
        ExprKind::Is(value, known) => {
            write_at(value, 5, f)?;
            f.write_str(if *known { " is known" } else { " is missing" })
        }
        ExprKind::If(condition, yes, no) => write!(f, "if {condition} then {yes} else {no}"),
    }
}

fn infix(left: &Expr, word: &str, right: &Expr, f: &mut Formatter<'_>) -> fmt::Result {
    write_at(left, 5, f)?;
    f.write_str(word)?;
    write_at(right, 5, f)
}

fn binary(operator: Operator, left: &Expr, right: &Expr, f: &mut Formatter<'_>) -> fmt::Result {
    let strength = operator.strength();
    // Comparisons do not chain, so both sides bind closer; the others group from the left.
    write_at(left, if operator.compares() { strength + 1 } else { strength }, f)?;
    write!(f, " {} ", operator.sign())?;
    write_at(right, strength + 1, f)
}

fn list<T: Display>(items: impl IntoIterator<Item = T>, between: &str, f: &mut Formatter<'_>) -> fmt::Result {
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            f.write_str(between)?;
        }
        item.fmt(f)?;
    }
    Ok(())
}

/// Groups the digits before the point in threes: `30000.5` becomes `30_000.5`.
pub fn grouped(digits: &str) -> String {
    let (whole, rest) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let (sign, whole) = if let Some(unsigned) = whole.strip_prefix('-') { ("-", unsigned) } else { ("", whole) };
    let mut text = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text + rest
}

/// Writes `90 days`, `1 month`.
pub fn duration(count: i32, unit: Unit) -> String {
    let (_, one, many) = Unit::ALL[unit as usize];
    format!("{} {}", grouped(&count.to_string()), if count == 1 { one } else { many })
}
