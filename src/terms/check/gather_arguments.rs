//! Typing of the further arguments of functions over collections.

use rust_decimal::Decimal;

use super::{
    super::{
        formula::{Expr, ExprKind},
        scalar::Scalar,
        source::Span,
    },
    calls::Call,
    constant::Constants,
    expression::{Typing, literal},
    scope::Scope,
    typed::{Gather, Typed},
    types::{Kind, Level},
};

impl Typing<'_, '_, '_> {
    pub(super) fn extra(&mut self, call: &Call, gather: Gather, inner: Scope, scope: Scope) -> Option<Vec<Typed>> {
        let known = gather.named();
        for (name, _) in call.named {
            if !known.iter().any(|(word, _)| *word == name.text) {
                self.error(
                    "unknown-argument",
                    name.span,
                    format!("`{}` has no argument `{}`", gather.word(), name.text),
                )
                .suggest(&name.text, known.iter().map(|(word, _)| *word));
                return None;
            }
        }
        let mut extra = Vec::new();
        if gather == Gather::Percentile {
            extra.push(self.fraction(&call.arguments[1], "a percentile lies between 0% and 100%")?);
        }
        for (word, required) in known {
            let given = call.named.iter().find(|(name, _)| name.text == *word).map(|(_, expr)| expr);
            match given {
                Some(expr) => extra.push(self.named_argument(word, expr, inner, scope)?),
                None if *required => {
                    self.error("wrong-arguments", call.span, format!("`{}` lacks `{word}: …`", gather.word())).help(
                        format!(
                            "write `{}(…, {})`",
                            gather.word(),
                            known.iter().map(|(w, _)| format!("{w}: …")).collect::<Vec<_>>().join(", ")
                        ),
                    );
                    return None;
                }
                None => extra.push(default_argument(word, call.span)),
            }
        }
        Some(extra)
    }

    fn named_argument(&mut self, word: &str, expr: &Expr, inner: Scope, scope: Scope) -> Option<Typed> {
        match word {
            "event" => {
                let typed = self.expr(expr, inner)?;
                self.truth(typed)
            }
            "by" => {
                let typed = self.expr(expr, inner)?;
                self.decided(typed)
            }
            "to" | "from" => self.of_kind(expr, scope, &Kind::Date),
            "within" => self.of_kind(expr, scope, &Kind::Days),
            "at" => {
                let typed = self.expr(expr, Scope::at(Level::Contract))?;
                let typed = self.decided(typed)?;
                if !matches!(typed.is.kind, Kind::Number | Kind::Days) {
                    let message = format!("the time of a survival curve cannot be {}", typed.is.kind);
                    self.error("wrong-type", typed.span, message)
                        .help("write it in the unit of the follow-up: `at: 365 days`");
                    return None;
                }
                Some(typed)
            }
            "confidence" => self.fraction(expr, "a confidence level lies between 0% and 100%"),
            _ => self.method(expr),
        }
    }

    fn of_kind(&mut self, expr: &Expr, scope: Scope, kind: &Kind) -> Option<Typed> {
        let typed = self.expr(expr, scope)?;
        let typed = self.decided(typed)?;
        if !typed.is.kind.same(kind) {
            self.error("wrong-type", typed.span, format!("{kind} is needed here, but this is {}", typed.is.kind))
                .help("see docs/TERMS.md");
            return None;
        }
        Some(typed)
    }

    fn fraction(&mut self, expr: &Expr, message: &str) -> Option<Typed> {
        let constants = Constants { currency: self.names.document.header.currency, parameters: self.names.parameters };
        match constants.compute(expr, self.findings)? {
            Scalar::Number(value) if value >= Decimal::ZERO && value <= Decimal::ONE => {
                Some(literal(expr.span, Scalar::Number(value)))
            }
            _ => {
                self.error("wrong-arguments", expr.span, message).help("write it as `95%`");
                None
            }
        }
    }

    /// The place of a method in the list, which stands for it from here on.
    fn method(&mut self, expr: &Expr) -> Option<Typed> {
        const METHODS: [&str; 3] = ["plain", "log", "log-log"];
        let text = if let ExprKind::Text(text) = &expr.kind { text.as_str() } else { "" };
        match METHODS.iter().position(|method| *method == text) {
            Some(at) => Some(literal(expr.span, Scalar::Number(Decimal::from(at)))),
            None => {
                self.error("wrong-arguments", expr.span, "this is not a method for confidence limits")
                    .suggest("", METHODS);
                None
            }
        }
    }
}

fn default_argument(word: &str, span: Span) -> Typed {
    let value = if word == "confidence" { Scalar::Number(Decimal::new(95, 2)) } else { Scalar::Number(Decimal::ONE) };
    literal(span, value)
}
