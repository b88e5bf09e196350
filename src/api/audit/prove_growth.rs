//! Proves that the log only grew.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::query::GrowthQuery;
use crate::{
    api::{Gate, Problem, gate::About},
    operations::{Caller, Operation, prove_consistency},
};

/// A proof that the log of one size continues the log of an earlier size.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GrowthProof {
    /// The earlier size.
    pub old: u64,
    /// The later size.
    pub new: u64,
    /// The nodes as in RFC 6962, section 2.1.2; hexadecimal.
    pub nodes: Vec<String>,
}

/// Proves that the log only grew
///
/// From one size to a later one, so that whoever holds two checkpoints sees that the second continues the first.
#[utoipa::path(operation_id = "prove_growth", tag = "audit", params(GrowthQuery),
    responses((status = 200, description = "The proof", body = GrowthProof),
        (status = 422, description = "The log has no such sizes", body = Problem,
            content_type = "application/problem+json")))]
#[get("/log/proofs/growth")]
pub async fn prove_growth(
    gate: web::Data<Gate>,
    caller: Caller,
    query: web::Query<GrowthQuery>,
) -> Result<web::Json<GrowthProof>, Problem> {
    let GrowthQuery { old, new } = query.into_inner();
    let work = move |connection: &mut _| prove_consistency(connection, old, new);
    let nodes = gate.read(&caller, Operation::ProveGrowth, About::Network, work).await?;
    Ok(web::Json(GrowthProof { old, new, nodes: nodes.iter().map(ToString::to_string).collect() }))
}
