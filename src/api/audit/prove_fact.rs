//! Proves one reported fact.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::{Gate, Problem},
    operations::{self, Caller, FactOpening, Operation},
    values::FactId,
};

/// What opens the commitment of a fact.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = FactOpening)]
pub struct OpeningShown {
    /// The salt, hexadecimal.
    pub salt: String,
    /// The content, byte for byte.
    pub content: String,
}

/// A fact with its proof; digests are hexadecimal.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = FactProof)]
pub struct FactProven {
    /// The fact.
    pub fact: uuid::Uuid,
    /// What was reported; absent when it was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub opening: Option<OpeningShown>,
    /// Its commitment.
    pub commitment: String,
    /// Its place in the batch, from 0.
    pub item: u32,
    /// Number of commitments in the batch.
    pub count: u64,
    /// The nodes from the commitment's leaf up to the root.
    pub path: Vec<String>,
    /// The root of the batch, as the entry has it.
    pub root: String,
    /// The entry.
    pub entry: uuid::Uuid,
    /// Its position in the contract's chain.
    pub position: i64,
    /// Its body, whose leaf in the log proves the rest.
    pub body: String,
}

/// Proves one reported fact
///
/// Content and salt, and the path from its commitment to the entry that recorded it. For those who may see what is reported
/// of a single person; whom it is about is a pseudonym.
#[utoipa::path(operation_id = "prove_fact", tag = "audit",
    params(("contract" = String, Path, description = "The contract's name", example = "acme-north-2025"),
        ("fact" = uuid::Uuid, Path, description = "The fact's name", example = "2f4b1c9a-77d0-4c3e-9a51-0d6f00000012")),
    responses((status = 200, description = "The fact and its proof", body = FactProven),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[get("/contracts/{contract}/facts/{fact}/proof")]
pub async fn prove_fact(
    gate: web::Data<Gate>,
    caller: Caller,
    path: web::Path<(String, uuid::Uuid)>,
) -> Result<web::Json<FactProven>, Problem> {
    let (contract, fact) = path.into_inner();
    let work = move |connection: &mut _, contract: &str| {
        operations::prove_fact(connection, contract, FactId(fact)).map(|proof| (proof, 1))
    };
    let proof = gate.read_patients(&caller, Operation::ProveFact, contract, work).await?;
    let shown = |FactOpening { salt, content }| OpeningShown { salt, content };
    let operations::FactProof { fact, commitment, item, count, path, root, entry, position, body, .. } = proof;
    let (fact, entry, opening) = (fact.0, entry.0, proof.opening.map(shown));
    Ok(web::Json(FactProven { fact, opening, commitment, item, count, path, root, entry, position, body }))
}
