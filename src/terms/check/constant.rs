//! Values that are fixed when the contract is compiled: parameters, edges and cells of tables.

use rust_decimal::Decimal;

use super::{
    super::{
        document::{Field, FieldType, Parameter, clause::duration_of},
        finding::Findings,
        formula::{Expr, ExprKind, Operator, syntax::Unit},
        scalar::Scalar,
        source::Span,
    },
    types::Kind,
};
use crate::values::Currency;

/// Knows the parameters, by name, that constants may use.
pub struct Constants<'c> {
    /// The contract's currency.
    pub currency: Currency,
    /// Values of parameters.
    pub parameters: &'c [(String, Scalar)],
}

impl Constants<'_> {
    /// Computes a constant; notes a finding and gives none when the formula is not one.
    pub fn compute(&self, expr: &Expr, findings: &mut Findings) -> Option<Scalar> {
        match self.value(expr) {
            Ok(value) => Some(value),
            Err((span, message)) => {
                findings
                    .error("not-constant", span, message)
                    .help("here only literals, parameters and + - * / between them can stand");
                None
            }
        }
    }

    /// Computes a cell of a table: a constant, where a word that is no parameter stands for itself.
    pub fn cell(&self, expr: &Expr, findings: &mut Findings) -> Option<Scalar> {
        match &expr.kind {
            ExprKind::Path(path)
                if path.len() == 1 && !self.parameters.iter().any(|(name, _)| *name == path[0].text) =>
            {
                Some(Scalar::Text(path[0].text.clone()))
            }
            _ => self.compute(expr, findings),
        }
    }

    fn value(&self, expr: &Expr) -> Result<Scalar, (Span, String)> {
        let fail = |message: String| Err((expr.span, message));
        Ok(match &expr.kind {
            ExprKind::Number(value) => Scalar::Number(*value),
            ExprKind::Percent(value) => Scalar::Number(*value / Decimal::ONE_HUNDRED),
            ExprKind::Money(value, code) if code == self.currency.code() => Scalar::Money(*value),
            ExprKind::Money(_, code) => {
                return fail(format!("{code} is not the contract's currency {}", self.currency));
            }
            ExprKind::Date(day) => Scalar::Date(*day),
            ExprKind::Text(text) => Scalar::Text(text.clone()),
            ExprKind::Truth(truth) => Scalar::Truth(*truth),
            ExprKind::Duration(..) => match duration_of(&expr.kind) {
                Some((count, true)) => Scalar::Months(count),
                Some((count, false)) => Scalar::Days(count),
                None => return fail("this duration is too long".into()),
            },
            ExprKind::Path(path) if path.len() == 1 => {
                match self.parameters.iter().find(|(name, _)| *name == path[0].text) {
                    Some((_, value)) => value.clone(),
                    None => return fail(format!("`{}` is not a parameter", path[0].text)),
                }
            }
            ExprKind::Negative(inner) => match negated(self.value(inner)?) {
                Some(value) => value,
                None => return fail("only numbers, amounts and durations can be negative".into()),
            },
            ExprKind::Binary(operator, left, right) => {
                let (left, right) = (self.value(left)?, self.value(right)?);
                match combined(*operator, &left, &right) {
                    Some(value) => value,
                    None => {
                        let (left, right) = (Kind::of(&left), Kind::of(&right));
                        return fail(format!(
                            "`{}` cannot be computed between {left} and {right} here",
                            operator.sign()
                        ));
                    }
                }
            }
            _ => return fail("this is not a constant".into()),
        })
    }
}

fn negated(value: Scalar) -> Option<Scalar> {
    Some(match value {
        Scalar::Number(value) => Scalar::Number(-value),
        Scalar::Money(value) => Scalar::Money(-value),
        Scalar::Days(value) => Scalar::Days(value.checked_neg()?),
        Scalar::Months(value) => Scalar::Months(value.checked_neg()?),
        _ => return None,
    })
}

fn combined(operator: Operator, left: &Scalar, right: &Scalar) -> Option<Scalar> {
    use Scalar::{Date, Days, Money, Months, Number};
    Some(match (operator, left, right) {
        (Operator::Plus, Number(a), Number(b)) => Number(a.checked_add(*b)?),
        (Operator::Plus, Money(a), Money(b)) => Money(a.checked_add(*b)?),
        (Operator::Plus, Days(a), Days(b)) => Days(a.checked_add(*b)?),
        (Operator::Plus, Months(a), Months(b)) => Months(a.checked_add(*b)?),
        (Operator::Plus, Date(a), Days(b)) => Date(a.plus_days(*b)?),
        (Operator::Plus, Date(a), Months(b)) => Date(a.plus_months(*b)?),
        (Operator::Minus, a, b) => return combined(Operator::Plus, a, &negated(b.clone())?),
        (Operator::Times, Number(a), Number(b)) => Number(a.checked_mul(*b)?),
        (Operator::Times, Money(a), Number(b)) | (Operator::Times, Number(b), Money(a)) => Money(a.checked_mul(*b)?),
        (Operator::Divided, Number(a), Number(b)) => Number(a.checked_div(*b)?),
        (Operator::Divided, Money(a), Number(b)) => Money(a.checked_div(*b)?),
        (Operator::Divided, Money(a), Money(b)) => Number(a.checked_div(*b)?),
        _ => return None,
    })
}

/// Computes the parameters' values and checks them against type and bounds.
pub fn parameters(list: &[Parameter], currency: Currency, findings: &mut Findings) -> Vec<(String, Scalar)> {
    let mut values: Vec<(String, Scalar)> = Vec::new();
    for parameter in list {
        let constants = Constants { currency, parameters: &values };
        let Some(value) = parameter.value.as_ref().and_then(|expr| constants.compute(expr, findings)) else { continue };
        let span = parameter.value.as_ref().map_or(parameter.name.span, |expr| expr.span);
        let name = &parameter.name.text;
        if !fits(&parameter.is, &value) {
            let message = format!("`{name}` is {}, but its type is {}", Kind::of(&value), parameter.is.word());
            findings.error("wrong-type", span, message).help(example_of(&parameter.is, currency));
            continue;
        }
        if let (FieldType::Text(list), Scalar::Text(text)) = (&parameter.is, &value)
            && !list.is_empty()
            && !list.contains(text)
        {
            findings
                .error("not-in-list", span, format!("`{text}` is not one of the texts of `{name}`"))
                .suggest(text, list.iter().map(String::as_str));
        }
        for (bound, is_min) in [(&parameter.min, true), (&parameter.max, false)] {
            let Some(bound) = bound.as_ref().and_then(|expr| constants.compute(expr, findings)) else { continue };
            check_bound(name, &value, &bound, is_min, span, findings);
        }
        values.push((name.clone(), value));
    }
    values
}

fn check_bound(name: &str, value: &Scalar, bound: &Scalar, is_min: bool, span: Span, findings: &mut Findings) {
    let order = match (value, bound) {
        (Scalar::Number(a), Scalar::Number(b)) | (Scalar::Money(a), Scalar::Money(b)) => a.cmp(b),
        (Scalar::Days(a), Scalar::Days(b)) | (Scalar::Months(a), Scalar::Months(b)) => a.cmp(b),
        (Scalar::Date(a), Scalar::Date(b)) => a.cmp(b),
        _ => {
            let message = format!("the bound of `{name}` is {}, its value is {}", Kind::of(bound), Kind::of(value));
            findings.error("wrong-type", span, message).help("give value and bound in the same unit");
            return;
        }
    };
    if (is_min && order.is_lt()) || (!is_min && order.is_gt()) {
        let (word, at) = if is_min { ("less than the smallest", "min") } else { ("more than the largest", "max") };
        findings
            .error("out-of-bounds", span, format!("`{name}` is {value}, {word} allowed, {bound}"))
            .help(format!("choose another value, or change `{at}`"));
    }
}

/// Turns the bounds of a field into literals, which readers of reports can compare with.
pub fn fold_bounds(field: &mut Field, constants: &Constants, findings: &mut Findings) {
    let is = field.is.clone();
    for bound in [&mut field.min, &mut field.max] {
        let Some(expr) = bound else { continue };
        let Some(value) = constants.compute(expr, findings) else { continue };
        if !fits(&is, &value) || matches!(value, Scalar::Months(_)) {
            let message = format!("the bound of a field of type {} is {}", is.word(), Kind::of(&value));
            findings.error("wrong-type", expr.span, message).help(example_of(&is, constants.currency));
            continue;
        }
        if let Some(kind) = literal_of(&value, constants.currency) {
            expr.kind = kind;
        }
    }
}

fn literal_of(value: &Scalar, currency: Currency) -> Option<ExprKind> {
    Some(match value {
        Scalar::Number(value) => ExprKind::Number(*value),
        Scalar::Money(value) => ExprKind::Money(*value, currency.code().into()),
        Scalar::Date(day) => ExprKind::Date(*day),
        Scalar::Days(days) => ExprKind::Duration(*days, Unit::Day),
        _ => return None,
    })
}

/// Tells whether a value has a declared type.
pub const fn fits(is: &FieldType, value: &Scalar) -> bool {
    matches!(
        (is, value),
        (FieldType::Number, Scalar::Number(_))
            | (FieldType::Money, Scalar::Money(_))
            | (FieldType::Date, Scalar::Date(_))
            | (FieldType::Duration, Scalar::Days(_) | Scalar::Months(_))
            | (FieldType::Text(_), Scalar::Text(_))
            | (FieldType::Truth, Scalar::Truth(_))
    )
}

/// How a value of a type is written.
pub fn example_of(is: &FieldType, currency: Currency) -> String {
    match is {
        FieldType::Number => "write a number such as `12.5` or `30%`".into(),
        FieldType::Money => format!("write an amount such as `30_000 {currency}`"),
        FieldType::Date => "write a day such as `2025-01-31`".into(),
        FieldType::Duration => "write a duration such as `90 days`".into(),
        FieldType::Text(_) => "write a text".into(),
        FieldType::Truth => "write `yes` or `no`".into(),
    }
}

/// The sort of values of a field.
pub fn kind_of(field: &Field) -> Kind {
    match &field.is {
        FieldType::Number => Kind::Number,
        FieldType::Money => Kind::Money,
        FieldType::Date => Kind::Date,
        FieldType::Duration => Kind::Days,
        FieldType::Text(list) if list.is_empty() => Kind::Text(None),
        FieldType::Text(list) => Kind::Text(Some(std::sync::Arc::new(list.clone()))),
        FieldType::Truth => Kind::Truth,
    }
}
