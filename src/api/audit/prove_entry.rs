//! Proves that an entry is in the log.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::query::EntryQuery;
use crate::{
    api::{Gate, Problem, gate::About},
    operations::{self, Caller, EntryProof, Operation, find_chain, prove_inclusion},
};

/// A proof that an entry is in the log.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = EntryProof)]
pub struct EntryProven {
    /// The entry's place in the log, from 0.
    pub index: u64,
    /// The size of the log in the checkpoint.
    pub size: u64,
    /// The leaf hash of the entry's body, hexadecimal.
    pub leaf: String,
    /// Path and checkpoint in the form of C2SP `tlog-proof`.
    pub proof: String,
}

/// Proves that an entry is in the log
///
/// For somebody who has its body, from the history, and the log's key. The entry is one of a contract that the caller may
/// know of, or of the network's own chain.
#[utoipa::path(operation_id = "prove_entry", tag = "audit", params(EntryQuery),
    responses((status = 200, description = "The proof", body = EntryProven),
        (status = 404, description = "There is none that one may know of, or no checkpoint covers it yet", body = Problem,
            content_type = "application/problem+json")))]
#[get("/log/proofs/entry")]
pub async fn prove_entry(
    gate: web::Data<Gate>,
    caller: Caller,
    query: web::Query<EntryQuery>,
) -> Result<web::Json<EntryProven>, Problem> {
    let EntryQuery { contract, position } = query.into_inner();
    let about = contract.clone().map_or(About::Network, About::Contract);
    let work = move |connection: &mut _| -> Result<EntryProof, operations::Error> {
        let chain = find_chain(connection, contract.as_deref())?;
        prove_inclusion(connection, chain, position)
    };
    let EntryProof { index, size, leaf, proof } = gate.read(&caller, Operation::ProveEntry, about, work).await?;
    Ok(web::Json(EntryProven { index, size, leaf, proof }))
}
