//! Shows the versions of a contract, and what an open amendment would change in words and in money.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde::Serialize;

use super::{
    Error,
    known::{self, Known},
};
use crate::{
    contract::{
        Version, Versions,
        amendment::{Amendment, Stage},
        owed::owed,
        statement::{Statement, as_text},
    },
    storage::{self, Connection},
    terms::compare::{Difference, compare},
    values::{Day, Digest},
};

/// A version of a contract, agreed or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShownVersion {
    /// The position of its proposal, by which it is called.
    pub position: i64,
    /// The digest that is signed, hexadecimal.
    pub digest: String,
    /// The digest of the version that it replaces; none for the first.
    pub replaces: Option<String>,
    /// The first day on which it holds; none for the first, which holds from the beginning.
    pub effective_on: Option<Day>,
    /// Where it stands: the contract's own state for the first, `proposed`, `agreed` or `withdrawn` for amendments.
    pub state: &'static str,
    /// Why it was proposed.
    pub reason: Option<String>,
    /// Positions of signatures by role.
    pub signed: BTreeMap<String, i64>,
    /// What it says differently from the version that it replaces.
    pub differences: Vec<Difference>,
}

/// Shows the first version and all amendments, in the order of their proposals.
///
/// # Errors
/// A refusal when there is no such contract.
pub fn show_versions(connection: &mut Connection, contract: &str) -> Result<Vec<ShownVersion>, Error> {
    connection.snapshot(|connection| {
        let known = known::read(connection, contract)?;
        let life = known.life(connection)?;
        let mut shown = vec![ShownVersion {
            position: known.row.proposed_seq,
            digest: known.row.digest.to_string(),
            replaces: None,
            effective_on: None,
            state: known.state.stored(),
            reason: None,
            signed: life.signed,
            differences: Vec::new(),
        }];
        for amendment in life.amendments.all() {
            shown.push(version(connection, &known, amendment)?);
        }
        Ok(shown)
    })
}

fn version(connection: &mut Connection, known: &Known, amendment: &Amendment) -> Result<ShownVersion, Error> {
    let proposal = &amendment.proposal;
    let after = proposed(connection, known, amendment)?;
    let before = known.versions.all().find(|version| version.digest.to_string() == proposal.replaces);
    let before = before.ok_or_else(|| Error::Stored(format!("the version {} is gone", proposal.replaces)))?;
    Ok(ShownVersion {
        position: amendment.seq,
        digest: proposal.digest.clone(),
        replaces: Some(proposal.replaces.clone()),
        effective_on: Some(proposal.effective_on),
        state: amendment.stage.word(),
        reason: Some(proposal.reason.clone()),
        signed: amendment.signed.clone(),
        differences: compare(&before.contract.checked.document, &after.contract.checked.document),
    })
}

/// An amendment as the version that it would be.
fn proposed(connection: &mut Connection, known: &Known, amendment: &Amendment) -> Result<Version, Error> {
    let texts = storage::amendment::of_contract(connection, known.row.contract_id)?;
    let text = texts.iter().find(|text| text.seq == amendment.seq);
    let gone = || Error::Stored(format!("the text of the amendment at position {} is gone", amendment.seq));
    let contract = known::amended(text.ok_or_else(gone)?)?.runnable(&known.row.name)?;
    let digest = Digest::parse(&amendment.proposal.digest).ok_or_else(gone)?;
    Ok(Version { digest, from: Some(amendment.proposal.effective_on), agreed_seq: 0, contract })
}

/// What an open amendment would change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VersionMoney {
    /// The contract's name.
    pub contract: String,
    /// The digest of the amendment, hexadecimal.
    pub digest: String,
    /// The day as of which both are computed.
    pub as_of: Day,
    /// The currency.
    pub currency: String,
    /// What it says differently.
    pub differences: Vec<Difference>,
    /// What is owed in all by what is known now, without it and with it.
    pub money: Vec<ClauseMoney>,
}

/// What one role owes another under one clause, without an amendment and with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClauseMoney {
    /// The clause.
    pub clause: String,
    /// The role that pays.
    pub payer: String,
    /// The role that receives.
    pub payee: String,
    /// Without the amendment, in major units.
    #[serde(serialize_with = "as_text")]
    pub before: Decimal,
    /// With it.
    #[serde(serialize_with = "as_text")]
    pub after: Decimal,
    /// The second less the first.
    #[serde(serialize_with = "as_text")]
    pub difference: Decimal,
}

/// Compares what is owed as of a day without the open amendment and with it, on the facts known now.
///
/// # Errors
/// A refusal when no amendment is open, or a clause cannot be computed.
pub fn compare_amendment(connection: &mut Connection, contract: &str, as_of: Day) -> Result<VersionMoney, Error> {
    connection.snapshot(|connection| {
        let known = known::read(connection, contract)?;
        let life = known.life(connection)?;
        let Some(open) = life.amendments.all().iter().find(|amendment| amendment.stage == Stage::Open) else {
            let message = format!("no amendment of `{contract}` waits for signatures");
            return Err(Error::refused("no-amendment", message, "propose one first"));
        };
        let shown = version(connection, &known, open)?;
        let mut amended: Versions = known.versions.clone();
        amended.push(proposed(connection, &known, open)?);
        let reported = known::reported(connection, &known.row)?;
        let seq = known.chain.seq();
        let (before, _) = owed(&known.versions, &reported, seq, as_of)?;
        let (after, _) = owed(&amended, &reported, seq, as_of)?;
        Ok(VersionMoney {
            contract: contract.into(),
            digest: shown.digest,
            as_of,
            currency: before.currency.clone(),
            differences: shown.differences,
            money: money(&before, &after),
        })
    })
}

fn money(before: &Statement, after: &Statement) -> Vec<ClauseMoney> {
    let key =
        |total: &crate::contract::statement::Total| (total.clause.clone(), total.payer.clone(), total.payee.clone());
    let sums = |statement: &Statement| -> BTreeMap<_, _> {
        statement.totals.iter().map(|total| (key(total), total.amount)).collect()
    };
    let (first, second) = (sums(before), sums(after));
    let keys: BTreeSet<_> = first.keys().chain(second.keys()).cloned().collect();
    let money = keys.into_iter().map(|key| {
        let of = |sums: &BTreeMap<_, Decimal>| sums.get(&key).copied().unwrap_or_default();
        let (before, after) = (of(&first), of(&second));
        let (clause, payer, payee) = key;
        ClauseMoney { clause, payer, payee, before, after, difference: after - before }
    });
    money.collect()
}
