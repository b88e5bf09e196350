//! Lists figures about patients.

use std::collections::BTreeMap;

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::{
        Gate, Problem,
        gate::{About, EntryReceipt, today},
        page::{self, Page, PageQuery},
    },
    contract::aggregate::{Cell, LEAST},
    operations::{self, Caller, ListedRelease, Operation, due_release},
    values::Day,
};

/// Figures of one month.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AggregateRelease)]
pub struct ReleaseShown {
    /// The day before which everything counted was recorded, in UTC.
    #[schema(format = Date, example = "2025-07-01")]
    released_on: String,
    /// The least number of people that is told, but for nobody.
    #[schema(example = 11)]
    least: u64,
    /// All subjects, in cells.
    cells: Vec<CellShown>,
    /// How many of all subjects have a fact, by kind; absent where that would tell of few.
    having: BTreeMap<String, u64>,
    /// The last entry that is counted; its chain hash covers all that is.
    counted_to: EntryReceipt,
    /// The entries that commit to what is counted here and was not in the release before.
    batches: Vec<BatchShown>,
}

/// A part of the subjects.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AggregateCell)]
pub struct CellShown {
    /// The values that its subjects share; absent for all those who have no cell of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, example = json!({ "arm": "treated" }))]
    stratum: Option<BTreeMap<String, String>>,
    /// How many there are.
    subjects: u64,
    /// How many of them have a fact, by kind; absent where that would tell of few.
    having: BTreeMap<String, u64>,
}

/// An entry that commits to rows.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CountedBatch)]
pub struct BatchShown {
    /// Its position in the contract's chain.
    position: i64,
    /// The entry.
    entry: uuid::Uuid,
    /// What happened.
    #[schema(example = "facts.recorded")]
    kind: String,
    /// The root over the commitments of its rows, hexadecimal.
    root: String,
}

impl From<ListedRelease> for ReleaseShown {
    fn from(listed: ListedRelease) -> Self {
        let ListedRelease { released_on, strata, release, chain, head: (seq, entry, hash), batches } = listed;
        let cell = |Cell { stratum, subjects, having }| CellShown {
            stratum: stratum.map(|values: Vec<String>| strata.iter().cloned().zip(values).collect()),
            subjects,
            having,
        };
        let batches = batches.into_iter().map(|batch| BatchShown {
            position: batch.position,
            entry: batch.entry.0,
            kind: batch.kind.name().into(),
            root: batch.root.to_string(),
        });
        let position = seq.unsigned_abs();
        Self {
            released_on: released_on.to_string(),
            least: LEAST,
            cells: release.cells.into_iter().map(cell).collect(),
            having: release.having,
            counted_to: EntryReceipt { chain: chain.0, position, entry: entry.0, hash: hash.to_string() },
            batches: batches.collect(),
        }
    }
}

/// Lists figures about patients
///
/// How many subjects there are by group and arm, and how many of them have a fact of each kind: released once a month, the
/// latest first. No number from 1 to 10 is told or follows from what is told, also not from two releases held against each
/// other (as the cell size suppression policy of CMS asks); cells that are too small are put together. Receipts tie the
/// figures to what was committed.
#[utoipa::path(operation_id = "list_aggregates", tag = "aggregates",
    params(("contract" = String, Path, description = "The contract's name", example = "refund-2025"), PageQuery),
    responses((status = 200, description = "A page of releases", body = Page<ReleaseShown>),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[get("/contracts/{contract}/aggregates")]
pub async fn list_aggregates(
    gate: web::Data<Gate>,
    caller: Caller,
    contract: web::Path<String>,
    query: web::Query<PageQuery>,
) -> Result<web::Json<Page<ReleaseShown>>, Problem> {
    let limit = page::limit(query.limit)?;
    let before = page::cursor(query.cursor.as_deref())?;
    let before = before.map(|key| Day::parse(&key).ok_or_else(page::bad_cursor)).transpose()?;
    let contract = contract.into_inner();
    let about = About::Contract(contract.clone());
    let name = contract.clone();
    let due = move |connection: &mut _| due_release(connection, &name, today());
    if let Some(release) = gate.read(&caller, Operation::ListAggregates, about.clone(), due).await? {
        gate.keep(&contract, move |connection, _| operations::keep_release(connection, &release)).await?;
    }
    let most = usize::try_from(limit).unwrap_or_default() + 1;
    let work = move |connection: &mut _| operations::list_aggregates(connection, &contract, before, most);
    let listed = gate.read(&caller, Operation::ListAggregates, about, work).await?;
    let page = Page::of(listed, limit, |release| release.released_on.to_string());
    Ok(web::Json(page.map(ReleaseShown::from)))
}
