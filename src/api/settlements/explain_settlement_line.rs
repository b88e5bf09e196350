//! Explains one line of a settlement.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::LineShown;
use crate::{
    api::{Gate, Problem, gate::About},
    operations::{Caller, ExplainedLine, Operation, Sight, explain_settlement_line as explain},
    terms::explain::{Explanation, Step},
};

/// A line, and why it is what it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LineExplained {
    /// The line.
    pub line: LineShown,
    /// In one sentence; absent for those who see pseudonyms only, and where there is no explanation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub sentence: Option<String>,
    /// As a tree, from the amount down to reported facts; absent for what is no longer owed in a period that is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub tree: Option<StepShown>,
}

/// A value with the values that it comes from.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Step, no_recursion)]
pub struct StepShown {
    /// What it is, in the words of the contract.
    pub what: String,
    /// Its value.
    pub value: String,
    /// How it comes about, where the words do not say so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub how: Option<String>,
    /// The line of the document, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub line: Option<u32>,
    /// What it comes from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub from: Vec<Self>,
}

impl From<Step> for StepShown {
    fn from(step: Step) -> Self {
        let Step { what, value, how, line, from } = step;
        Self { what, value, how, line, from: from.into_iter().map(Self::from).collect() }
    }
}

/// Explains one line of a settlement
///
/// By what was known when the settlement was put forward: each amount down to the facts that it comes from.
#[utoipa::path(operation_id = "explain_settlement_line", tag = "settlements",
    params(("contract" = String, Path, description = "The contract's name", example = "acme-north-2025"), ("settlement" = String, Path, description = "The position at which it was put forward, or its entry", example = "8"),
        ("item" = u32, Path, description = "The place of the line, from 0", example = 0)),
    responses((status = 200, description = "The line and what it comes from", body = LineExplained),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[get("/contracts/{contract}/settlements/{settlement}/lines/{item}")]
pub async fn explain_settlement_line(
    gate: web::Data<Gate>,
    caller: Caller,
    path: web::Path<(String, String, u32)>,
) -> Result<web::Json<LineExplained>, Problem> {
    let (contract, settlement, item) = path.into_inner();
    let about = About::Contract(contract.clone());
    let name = contract.clone();
    let work = move |connection: &mut _| explain(connection, &name, &settlement, item);
    let ExplainedLine { line, explanation } = gate.read(&caller, Operation::ExplainSettlementLine, about, work).await?;
    gate.record_reading(&caller, Operation::ExplainSettlementLine, contract, 1).await?;
    let sight = caller.role.sight();
    let line = LineShown::of(item as usize, &line, sight);
    let (sentence, tree) = explanation.map(|Explanation { sentence, tree }| (sentence, tree.into())).unzip();
    // The sentence names whom it is about.
    let sentence = sentence.filter(|_| sight == Sight::Named);
    Ok(web::Json(LineExplained { line, sentence, tree }))
}
