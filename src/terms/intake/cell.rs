//! One text as a value of its field.

use rust_decimal::Decimal;

use super::super::{
    check::tables::position,
    document::{Field, FieldType},
    formula::{Expr, ExprKind, syntax::Unit},
    scalar::Scalar,
};
use crate::values::{Currency, Day, decimal};

/// Reads a text as a value of a field; none when it is empty and may be: optional, or used by no formula. The error says what was expected and does not
/// repeat the text, which may be about a patient.
pub fn read(field: &Field, currency: Currency, text: &str) -> Result<Option<Scalar>, (String, String)> {
    let text = text.trim();
    if text.is_empty() {
        return if field.optional || !field.needed {
            Ok(None)
        } else {
            Err(("the cell is empty".into(), expected(field, currency)))
        };
    }
    let wrong = || (format!("this is not {}", what(&field.is)), expected(field, currency));
    let value = match &field.is {
        FieldType::Number => decimal::parse(text).map(Scalar::Number),
        FieldType::Money => amount(text, currency).map(Scalar::Money),
        FieldType::Date => Day::parse(text).map(Scalar::Date),
        FieldType::Duration => days(text).map(Scalar::Days),
        FieldType::Text(list) => {
            (list.is_empty() || list.iter().any(|item| item == text)).then(|| Scalar::Text(text.to_owned()))
        }
        FieldType::Truth => truth(text).map(Scalar::Truth),
    }
    .ok_or_else(wrong)?;
    within(field, &value)?;
    Ok(Some(value))
}

/// An amount: `29800`, `29_800.50`, `29800 CNY`; another currency is refused.
fn amount(text: &str, currency: Currency) -> Option<Decimal> {
    let digits = text.strip_suffix(currency.code()).map_or(text, str::trim_end);
    decimal::parse(digits).filter(|_| !digits.ends_with('%'))
}

/// A number of days: `90` or `90 days`.
fn days(text: &str) -> Option<i32> {
    let digits = text.strip_suffix("days").or_else(|| text.strip_suffix("day")).map_or(text, str::trim_end);
    digits.parse().ok()
}

fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" | "1" | "是" => Some(true),
        "no" | "false" | "0" | "否" => Some(false),
        _ => None,
    }
}

const fn what(is: &FieldType) -> &'static str {
    match is {
        FieldType::Number => "a number",
        FieldType::Money => "an amount in the contract's currency",
        FieldType::Date => "a day of the calendar",
        FieldType::Duration => "a number of days",
        FieldType::Text(_) => "one of the texts that this column may hold",
        FieldType::Truth => "yes or no",
    }
}

fn expected(field: &Field, currency: Currency) -> String {
    match &field.is {
        FieldType::Number => "write digits with one `.`, such as 12.5".into(),
        FieldType::Money => format!("write digits with one `.`, such as 29800 or 29800.50 {currency}"),
        FieldType::Date => "write it as 2025-01-31".into(),
        FieldType::Duration => "write whole days, such as 90".into(),
        FieldType::Text(list) if list.is_empty() => "write a text".into(),
        FieldType::Text(list) => format!("write one of: {}", list.join(", ")),
        FieldType::Truth => "write yes or no".into(),
    }
}

/// Checks a value against the field's own bounds, where these are plain literals.
fn within(field: &Field, value: &Scalar) -> Result<(), (String, String)> {
    let Some(at) = position(value) else { return Ok(()) };
    let bound = |expr: &Option<Expr>| expr.as_ref().and_then(|expr| literal(&expr.kind));
    if let Some(min) = bound(&field.min).filter(|min| at < *min) {
        return Err(("the value is too small".into(), format!("the smallest is {min}")));
    }
    if let Some(max) = bound(&field.max).filter(|max| at > *max) {
        return Err(("the value is too large".into(), format!("the largest is {max}")));
    }
    Ok(())
}

fn literal(kind: &ExprKind) -> Option<Decimal> {
    Some(match kind {
        ExprKind::Number(value) | ExprKind::Money(value, _) => *value,
        ExprKind::Percent(value) => *value / Decimal::ONE_HUNDRED,
        ExprKind::Date(day) => Decimal::from(day.0),
        ExprKind::Duration(count, Unit::Day) => Decimal::from(*count),
        ExprKind::Negative(inner) => -literal(&inner.kind)?,
        _ => return None,
    })
}
