//! What a condition says about presence: after `x is known and …`, `x` is there.

use rust_decimal::Decimal;

use super::{
    super::{formula::Operator, scalar::Scalar},
    tables::position,
    typed::{Form, Typed},
};

/// Something that holds where a formula is read.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    /// The value is there.
    Known(Form),
    /// The value is not zero.
    NotZero(Form),
}

/// Adds all that follows from a condition being true, or from its being false. Measures are looked into.
pub fn derive(condition: &Typed, truth: bool, measures: &[Option<Typed>], given: &mut Vec<Given>) {
    match &condition.form {
        Form::Not(inner) => derive(inner, !truth, measures, given),
        Form::Is(value, known) if *known == truth => given.push(Given::Known(value.form.clone())),
        Form::Binary(Operator::And, left, right) if truth => both(left, right, truth, measures, given),
        Form::Binary(Operator::Or, left, right) if !truth => both(left, right, truth, measures, given),
        Form::Binary(operator, left, right) if operator.compares() => {
            let operator = if truth { *operator } else { operator.opposite() };
            not_zero(operator, left, right, given);
            not_zero(operator.mirrored(), right, left, given);
        }
        Form::Measure(index) => {
            if let Some(Some(definition)) = measures.get(*index) {
                derive(definition, truth, measures, given);
            }
        }
        _ => {}
    }
}

fn both(left: &Typed, right: &Typed, truth: bool, measures: &[Option<Typed>], given: &mut Vec<Given>) {
    derive(left, truth, measures, given);
    derive(right, truth, measures, given);
}

fn not_zero(operator: Operator, value: &Typed, bound: &Typed, given: &mut Vec<Given>) {
    let Some(bound) = constant(bound) else { return };
    let excluded = match operator {
        Operator::Unequal => bound.is_zero(),
        Operator::Equal => !bound.is_zero(),
        Operator::More => bound >= Decimal::ZERO,
        Operator::AtLeast => bound > Decimal::ZERO,
        Operator::Less => bound <= Decimal::ZERO,
        Operator::AtMost => bound < Decimal::ZERO,
        _ => false,
    };
    if excluded {
        given.push(Given::NotZero(value.form.clone()));
    }
}

/// The value of a literal or parameter.
pub fn constant(typed: &Typed) -> Option<Decimal> {
    match &typed.form {
        Form::Constant(value) | Form::Parameter(_, value) => match value {
            Scalar::Date(_) => None,
            value => position(value),
        },
        _ => None,
    }
}
