//! What entries say in their payload, by kind. Encoded as in [`content`](super::content); nothing here is about a person.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::erasure::Basis;
use crate::values::{Day, PartyId, SubjectRef};

/// The payload of `party.registered`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// What it is: manufacturer, insurer, hospital and so on.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its identifier.
    pub party: PartyId,
}

/// The payload of `contract.proposed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// The digest of the agreement, hexadecimal.
    pub digest: String,
    /// The contract's name in this ledger.
    pub name: String,
    /// Who takes which role.
    pub roles: BTreeMap<String, PartyId>,
    /// The roles that have to sign.
    pub signers: Vec<String>,
}

/// The payload of `contract.signed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// The digest of the agreement that is signed, hexadecimal.
    pub digest: String,
    /// The party that signs.
    pub party: PartyId,
    /// The role in which it signs.
    pub role: String,
}

/// The payload of `contract.activated`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Activation {
    /// The digest of the agreement that is in force from now on, hexadecimal.
    pub digest: String,
}

/// The payload of every entry that commits to a batch of subjects or facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchSize {
    /// Number of rows.
    pub count: u32,
}

/// The payload of `facts.erased`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erasure {
    /// On what grounds.
    pub basis: Basis,
    /// Number of rows erased: the subject, its facts, its lines.
    pub count: u32,
    /// The pseudonym of whoever is erased.
    pub subject: SubjectRef,
}

/// The payload of `settlement.posted`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settlement {
    /// The day as of which was settled.
    pub as_of: Day,
    /// Number of lines.
    pub count: u32,
    /// What is posted in all, by payer and payee.
    pub totals: Vec<Sum>,
}

/// What one role is to pay another by one settlement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sum {
    /// The sum of the lines in minor units.
    pub amount_minor: String,
    /// The role that receives.
    pub payee: String,
    /// The role that pays.
    pub payer: String,
}
