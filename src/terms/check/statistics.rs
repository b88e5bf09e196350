//! Typing of statistical and actuarial functions of single values: what each takes, in one table.

use rust_decimal::Decimal;

use super::{
    super::{
        formula::{Expr, ExprKind, Name},
        scalar::Scalar,
    },
    calls::Call,
    expression::{Typing, literal},
    scope::Scope,
    typed::{Form, Function, Statistic, Typed},
    types::{Kind, Presence, Type},
};

/// What a function takes and gives.
pub struct Signature {
    /// Its name in formulas.
    pub name: &'static str,
    /// Which function.
    pub statistic: Statistic,
    /// Names and sorts of its values, in order; `weighted_score` repeats its two.
    pub values: &'static [(&'static str, Kind)],
    /// Arguments with a name: name and the words it may be; a confidence level when there are none.
    pub options: &'static [(&'static str, &'static [&'static str])],
    /// The sort of its answer.
    pub result: Kind,
    /// When it has no answer; never when empty.
    pub missing: &'static str,
}

use Kind::{Date, Money, Number};

const ONE_GROUP: &[(&str, Kind)] = &[("events", Number), ("person_time", Number)];
const TWO_RATES: &[(&str, Kind)] =
    &[("events", Number), ("person_time", Number), ("comparator_events", Number), ("comparator_person_time", Number)];
const PEOPLE: &[(&str, Kind)] = &[("events", Number), ("people", Number)];
const TWO_RISKS: &[(&str, Kind)] =
    &[("events", Number), ("people", Number), ("comparator_events", Number), ("comparator_people", Number)];
const CONFIDENCE: (&str, &[&str]) = ("confidence", &[]);
const POISSON: (&str, &[&str]) = ("method", &["exact", "byar"]);
const DIFFERENCE: (&str, &[&str]) = ("method", &["newcombe", "wald"]);
const AGAINST: (&str, &[&str]) = ("against", &["people", "person-time"]);
const DAY_COUNT: (&str, &[&str]) = ("day_count", &["actual/365", "actual/360", "30/360", "30E/360"]);
const NO_ANSWER: &str = "where these figures allow no answer";

type Values = &'static [(&'static str, Kind)];
type Options = &'static [(&'static str, &'static [&'static str])];

const fn of(name: &'static str, statistic: Statistic, values: Values, options: Options) -> Signature {
    Signature { name, statistic, values, options, result: Number, missing: NO_ANSWER }
}

const fn money(
    name: &'static str,
    statistic: Statistic,
    values: Values,
    options: Options,
    missing: &'static str,
) -> Signature {
    Signature { name, statistic, values, options, result: Money, missing }
}

/// All functions.
pub static SIGNATURES: [Signature; 25] = [
    of("incidence_rate", Statistic::IncidenceRate, ONE_GROUP, &[]),
    of("incidence_rate_lower", Statistic::IncidenceRateLower, ONE_GROUP, &[CONFIDENCE, POISSON]),
    of("incidence_rate_upper", Statistic::IncidenceRateUpper, ONE_GROUP, &[CONFIDENCE, POISSON]),
    of("rate_ratio", Statistic::RateRatio, TWO_RATES, &[]),
    of("rate_ratio_lower", Statistic::RateRatioLower, TWO_RATES, &[CONFIDENCE]),
    of("rate_ratio_upper", Statistic::RateRatioUpper, TWO_RATES, &[CONFIDENCE]),
    of("proportion_lower", Statistic::ProportionLower, PEOPLE, &[CONFIDENCE]),
    of("proportion_upper", Statistic::ProportionUpper, PEOPLE, &[CONFIDENCE]),
    of("risk_ratio", Statistic::RiskRatio, TWO_RISKS, &[]),
    of("risk_ratio_lower", Statistic::RiskRatioLower, TWO_RISKS, &[CONFIDENCE]),
    of("risk_ratio_upper", Statistic::RiskRatioUpper, TWO_RISKS, &[CONFIDENCE]),
    of("risk_difference", Statistic::RiskDifference, TWO_RISKS, &[]),
    of("risk_difference_lower", Statistic::RiskDifferenceLower, TWO_RISKS, &[CONFIDENCE, DIFFERENCE]),
    of("risk_difference_upper", Statistic::RiskDifferenceUpper, TWO_RISKS, &[CONFIDENCE, DIFFERENCE]),
    of("effectiveness", Statistic::Effectiveness, TWO_RISKS, &[AGAINST]),
    of("effectiveness_lower", Statistic::EffectivenessLower, TWO_RISKS, &[CONFIDENCE, AGAINST]),
    of("effectiveness_upper", Statistic::EffectivenessUpper, TWO_RISKS, &[CONFIDENCE, AGAINST]),
    of("weighted_score", Statistic::WeightedScore, &[("score", Number), ("weight", Number)], &[("least", &[])]),
    of("power", Statistic::Power, &[("base", Number), ("exponent", Number)], &[]),
    of("annuity", Statistic::Annuity, &[("rate", Number), ("periods", Number)], &[]),
    of("annuity_due", Statistic::AnnuityDue, &[("rate", Number), ("periods", Number)], &[]),
    money(
        "level_payment",
        Statistic::LevelPayment,
        &[("principal", Money), ("rate", Number), ("periods", Number)],
        &[],
        NO_ANSWER,
    ),
    of("years", Statistic::YearFraction, &[("from", Date), ("to", Date)], &[DAY_COUNT]),
    money(
        "interest",
        Statistic::Interest,
        &[("principal", Money), ("rate", Number), ("from", Date), ("to", Date)],
        &[DAY_COUNT],
        NO_ANSWER,
    ),
    money("layer", Statistic::Layer, &[("loss", Money), ("retention", Money), ("limit", Money)], &[], ""),
];

impl Typing<'_, '_, '_> {
    /// Types a call of a function in the table.
    pub(super) fn statistic(&mut self, call: &Call, signature: &Signature, scope: Scope) -> Option<Typed> {
        let repeats = signature.statistic == Statistic::WeightedScore;
        let count = signature.values.len();
        let fits = if repeats {
            call.arguments.len() >= count && call.arguments.len().is_multiple_of(count)
        } else {
            call.arguments.len() == count
        };
        if !fits || call.filter.is_some() {
            let names: Vec<&str> = signature.values.iter().map(|(name, _)| *name).collect();
            let usage = format!("{}({}{})", signature.name, names.join(", "), if repeats { ", …" } else { "" });
            self.error("wrong-arguments", call.span, format!("`{}` takes other values", signature.name))
                .help(format!("write `{usage}`"));
            return None;
        }
        let mut arguments = Vec::new();
        for (at, expr) in call.arguments.iter().enumerate() {
            let (name, kind) = &signature.values[at % count];
            let typed = self.expr(expr, scope)?;
            // A score that is missing is what re-weighting is for.
            let typed = if repeats && at % count == 0 { typed } else { self.decided(typed)? };
            if !typed.is.kind.same(kind) {
                let message = format!("`{name}` of `{}` is {kind}, but this is {}", signature.name, typed.is.kind);
                self.error("wrong-type", typed.span, message).help("see docs/FUNCTIONS.md");
                return None;
            }
            arguments.push(typed);
        }
        let values = arguments.len();
        self.options(call, signature, &mut arguments)?;
        let awaited = arguments[..values].iter().filter(|typed| !matches!(typed.is.presence, Presence::Optional(_)));
        let mut presence = awaited.fold(Presence::Known, |all, typed| all.and(typed.is.presence.clone()));
        if !signature.missing.is_empty() {
            presence = presence.and(Presence::Optional(signature.missing.into()));
        }
        let level = self.finest(call.span, &arguments.iter().collect::<Vec<_>>())?;
        let periodic = arguments.iter().any(|argument| argument.periodic);
        let form = Form::Call(Function::Statistic(signature.statistic), arguments);
        let is = Type { kind: signature.result.clone(), presence };
        Some(self.narrowed(Typed { span: call.span, is, level, periodic, form }))
    }

    /// Adds the options, given or by default, as constants.
    fn options(&mut self, call: &Call, signature: &Signature, arguments: &mut Vec<Typed>) -> Option<()> {
        for (name, _) in call.named {
            if !signature.options.iter().any(|(known, _)| *known == name.text) {
                self.error(
                    "unknown-argument",
                    name.span,
                    format!("`{}` has no argument `{}`", signature.name, name.text),
                )
                .suggest(&name.text, signature.options.iter().map(|(known, _)| *known));
                return None;
            }
        }
        for (option, words) in signature.options {
            let given: Option<&(Name, Expr)> = call.named.iter().find(|(name, _)| name.text == *option);
            let value = match (given, *option) {
                (None, "confidence") => Scalar::Number(Decimal::new(95, 2)),
                (None, "least") => Scalar::Number(Decimal::ONE),
                (None, _) => Scalar::Number(Decimal::ZERO),
                (Some((_, expr)), _) if words.is_empty() => {
                    self.number_option(option, expr, arguments)?;
                    continue;
                }
                (Some((_, expr)), _) => {
                    let text = if let ExprKind::Text(text) = &expr.kind { text.as_str() } else { "" };
                    let Some(at) = words.iter().position(|word| *word == text) else {
                        self.error(
                            "wrong-arguments",
                            expr.span,
                            format!("this is not a `{option}` of `{}`", signature.name),
                        )
                        .suggest(text, words.iter().copied());
                        return None;
                    };
                    Scalar::Number(Decimal::from(at))
                }
            };
            arguments.push(literal(given.map_or(call.span, |(_, expr)| expr.span), value));
        }
        Some(())
    }

    fn number_option(&mut self, option: &str, expr: &Expr, arguments: &mut Vec<Typed>) -> Option<()> {
        let typed = self.expr(expr, Scope::at(super::types::Level::Contract))?;
        let value = super::narrow::constant(&typed);
        let fits = value.is_some_and(|value| {
            if option == "confidence" { value > Decimal::ZERO && value < Decimal::ONE } else { value >= Decimal::ONE }
        });
        if !fits || typed.is.kind != Number {
            let help = if option == "confidence" { "write it as `95%`" } else { "write a whole number, 1 or more" };
            self.error("wrong-arguments", expr.span, format!("this cannot be `{option}`")).help(help);
            return None;
        }
        arguments.push(typed);
        Some(())
    }
}
