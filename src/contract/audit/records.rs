//! What is held beside a chain, as plain records: from rows of a database, or from files of a bundle.

use std::collections::BTreeMap;

use super::finding::Findings;
use crate::{
    contract::{
        Batch, LineKey,
        content::{self, ContentError, FactContent, SubjectContent},
    },
    values::{ChainId, Digest, FactId, PartyId, SubjectRef},
};

/// What a reader holds of a content that is committed to.
#[derive(Clone, PartialEq, Eq)]
pub enum Opening {
    /// Salt and content.
    Opened {
        /// The salt.
        salt: [u8; 32],
        /// The content, byte for byte.
        content: Vec<u8>,
    },
    /// It was not given to this reader.
    Closed,
    /// It was destroyed.
    Erased,
}

/// A content that a batch commits to, with what stands beside it in the clear.
#[derive(Clone, PartialEq, Eq)]
pub struct Record<C> {
    /// The position of the entry that commits to it.
    pub seq: i64,
    /// Its place in the batch, from 0.
    pub item: i32,
    /// Its commitment.
    pub commitment: Digest,
    /// Salt and content, as far as they are there.
    pub opening: Opening,
    /// What stands beside it in the clear; none where nothing does.
    pub columns: Option<C>,
}

/// What stands in the clear about a subject: its pseudonym.
pub type Subject = Record<SubjectRef>;
/// What stands in the clear about a fact.
pub type Fact = Record<FactColumns>;
/// What stands in the clear about a line.
pub type Line = Record<LineColumns>;

/// How a fact stands to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FactColumns {
    /// Its own name.
    pub fact: FactId,
    /// The subject; none for facts of the contract.
    pub subject: Option<SubjectRef>,
    /// The fact that it replaces or takes back.
    pub corrects: Option<FactId>,
    /// Whether it takes the other back.
    pub retracted: bool,
}

/// What a line moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineColumns {
    /// The clause.
    pub clause: String,
    /// The role that pays.
    pub payer: String,
    /// The role that receives.
    pub payee: String,
    /// The subject.
    pub subject: Option<SubjectRef>,
    /// 0 for the clause's amount, then its limits by number.
    pub part: i16,
    /// The amount in minor units.
    pub amount_minor: i128,
}

/// A party as it is held beside its registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// Its identifier.
    pub party: PartyId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: String,
    /// The position of its registration.
    pub seq: i64,
}

/// What the parties signed, as it is held: files and settings as JSON, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreementText {
    /// The document.
    pub document: String,
    /// The files beside it.
    pub files: String,
    /// What the parties set.
    pub settings: String,
}

/// A contract as it is held beside its chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractRecord {
    /// Its chain.
    pub chain: ChainId,
    /// Its name.
    pub name: String,
    /// What was signed.
    pub text: AgreementText,
    /// The digest of what was signed.
    pub digest: Digest,
    /// The word for its state.
    pub state: String,
    /// The position of the entry that proposed it.
    pub proposed_seq: i64,
}

/// What an amendment says, as it is held beside the chain, by the position of its proposal.
pub type AmendmentTexts = BTreeMap<i64, AgreementText>;

/// Who takes a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// The role.
    pub role: String,
    /// The party.
    pub party: PartyId,
    /// The position of its signature.
    pub signed_seq: Option<i64>,
}

/// What a kind of record has of its own.
pub trait Committed: Sized {
    /// The table.
    const TABLE: &'static str;
    /// The batch it belongs to.
    const BATCH: Batch;

    /// Which record it is, without naming a person; none when nothing beside the commitment is known.
    fn described(record: &Record<Self>) -> Option<String>;
    /// Compares what stands in the clear with the content, which has to be one of this kind.
    fn compare(columns: Option<&Self>, content: &[u8], row: &str, findings: &mut Findings) -> Result<(), ContentError>;
}

/// What stands in the clear about whom a record is.
pub trait Columns {
    /// The subject; none when it is about no single one.
    fn subject(&self) -> Option<SubjectRef>;
    /// The same, out of a content.
    fn subject_in(content: &[u8]) -> Option<SubjectRef>;
}

impl Columns for SubjectRef {
    fn subject(&self) -> Option<SubjectRef> {
        Some(*self)
    }

    fn subject_in(content: &[u8]) -> Option<SubjectRef> {
        content::decode::<SubjectContent>(content).ok().map(|content| content.subject)
    }
}

impl Columns for FactColumns {
    fn subject(&self) -> Option<SubjectRef> {
        self.subject
    }

    fn subject_in(content: &[u8]) -> Option<SubjectRef> {
        content::decode::<FactContent>(content).ok().and_then(|content| content.subject)
    }
}

impl Columns for LineColumns {
    fn subject(&self) -> Option<SubjectRef> {
        self.subject
    }

    fn subject_in(content: &[u8]) -> Option<SubjectRef> {
        content::decode_line(content).ok().and_then(|line| line.key.subject)
    }
}

impl<C: Committed> Record<C> {
    /// Which record it is, for findings; never names a person.
    pub fn described(&self) -> String {
        let place = format!("position {}, item {}", self.seq, self.item);
        C::described(self).map_or_else(|| place.clone(), |which| format!("{place}: {which}"))
    }
}

impl<C> Record<C> {
    /// The content; none when it is not open.
    pub fn content(&self) -> Option<&[u8]> {
        match &self.opening {
            Opening::Opened { content, .. } => Some(content),
            _ => None,
        }
    }
}

impl Committed for SubjectRef {
    const TABLE: &'static str = "subject";
    const BATCH: Batch = Batch::Subjects;

    fn described(record: &Subject) -> Option<String> {
        let of_content = || content::decode::<SubjectContent>(record.content()?).ok().map(|content| content.subject);
        record.columns.or_else(of_content).map(|subject| format!("subject {subject}"))
    }

    fn compare(columns: Option<&Self>, content: &[u8], row: &str, findings: &mut Findings) -> Result<(), ContentError> {
        let content: SubjectContent = content::decode(content)?;
        if let Some(subject) = columns {
            findings.compare(row, "subject_ref", *subject, content.subject);
        }
        Ok(())
    }
}

impl Committed for FactColumns {
    const TABLE: &'static str = "fact";
    const BATCH: Batch = Batch::Facts;

    fn described(record: &Fact) -> Option<String> {
        let of_content = || content::decode::<FactContent>(record.content()?).ok().map(|content| content.fact);
        record.columns.map(|columns| columns.fact).or_else(of_content).map(|fact| format!("fact {fact}"))
    }

    fn compare(columns: Option<&Self>, content: &[u8], row: &str, findings: &mut Findings) -> Result<(), ContentError> {
        let content: FactContent = content::decode(content)?;
        let shown = |id: Option<String>| id.unwrap_or_else(|| "none".into());
        if let Some(columns) = columns {
            findings.compare(row, "fact_id", columns.fact, content.fact);
            let subject = [columns.subject, content.subject].map(|id| shown(id.map(|id| id.to_string())));
            findings.compare(row, "subject_ref", &subject[0], &subject[1]);
            let corrects = [columns.corrects, content.corrects].map(|id| shown(id.map(|id| id.to_string())));
            findings.compare(row, "corrects", &corrects[0], &corrects[1]);
            findings.compare(row, "retracted", columns.retracted, content.retracted);
        }
        Ok(())
    }
}

impl Committed for LineColumns {
    const TABLE: &'static str = "settlement_line";
    const BATCH: Batch = Batch::Lines;

    fn described(record: &Line) -> Option<String> {
        let of_columns = || {
            let columns = record.columns.as_ref()?;
            Some((columns.clause.clone(), columns.payer.clone(), columns.payee.clone()))
        };
        let of_content = || {
            let LineKey { clause, payer, payee, .. } = content::decode_line(record.content()?).ok()?.key;
            Some((clause, payer, payee))
        };
        let (clause, payer, payee) = of_columns().or_else(of_content)?;
        Some(format!("{clause} from {payer} to {payee}"))
    }

    fn compare(columns: Option<&Self>, content: &[u8], row: &str, findings: &mut Findings) -> Result<(), ContentError> {
        let line = content::decode_line(content)?;
        if let Some(columns) = columns {
            findings.compare(row, "clause", &columns.clause, &line.key.clause);
            findings.compare(row, "payer", &columns.payer, &line.key.payer);
            findings.compare(row, "payee", &columns.payee, &line.key.payee);
            let none = || "none".to_owned();
            let subject = [columns.subject, line.key.subject].map(|id| id.map_or_else(none, |id| id.to_string()));
            findings.compare(row, "subject_ref", &subject[0], &subject[1]);
            findings.compare(row, "part", columns.part, line.key.part.into());
            findings.compare(row, "amount_minor", columns.amount_minor, line.amount_minor);
        }
        Ok(())
    }
}
