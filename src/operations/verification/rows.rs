//! Rows as the records of the audit.

use super::keys::Opener;
use crate::{
    contract::audit::{
        Findings,
        records::{AgreementText, ContractRecord, Fact, FactColumns, Line, LineColumns, Party, Record, Role, Subject},
    },
    storage::{AmendmentRow, ContractPartyRow, ContractRow, FactRow, PartyRow, SettlementLineRow, SubjectRow},
};

impl From<PartyRow> for Party {
    fn from(row: PartyRow) -> Self {
        Self { party: row.party_id, name: row.name, kind: row.kind, seq: row.chain_seq }
    }
}

impl From<ContractRow> for ContractRecord {
    fn from(row: ContractRow) -> Self {
        Self {
            chain: row.contract_id,
            name: row.name,
            text: AgreementText { document: row.document, files: row.files, settings: row.settings },
            digest: row.digest,
            state: row.state,
            proposed_seq: row.proposed_seq,
        }
    }
}

impl From<AmendmentRow> for AgreementText {
    fn from(row: AmendmentRow) -> Self {
        Self { document: row.document, files: row.files, settings: row.settings }
    }
}

impl From<ContractPartyRow> for Role {
    fn from(row: ContractPartyRow) -> Self {
        Self { role: row.role, party: row.party_id, signed_seq: row.signed_seq }
    }
}

/// A stored subject; the hash of its label is compared here, because only the database has it.
pub fn subject(row: SubjectRow, opener: &mut Opener, findings: &mut Findings) -> Subject {
    let described = format!("position {}, item {}: subject {}", row.seq, row.item, row.subject_ref);
    let opening = opener.open(&row, &described, findings);
    opener.subject(&row, &opening, &described, findings);
    let SubjectRow { seq, item, commitment, subject_ref, .. } = row;
    Record { seq, item, commitment, opening, columns: Some(subject_ref) }
}

/// A stored fact.
pub fn fact(row: FactRow, opener: &mut Opener, findings: &mut Findings) -> Fact {
    let described = format!("position {}, item {}: fact {}", row.seq, row.item, row.fact_id);
    let opening = opener.open(&row, &described, findings);
    let FactRow { seq, item, commitment, fact_id, subject_ref, corrects, retracted, .. } = row;
    let columns = FactColumns { fact: fact_id, subject: subject_ref, corrects, retracted };
    Record { seq, item, commitment, opening, columns: Some(columns) }
}

/// A stored line.
pub fn line(row: SettlementLineRow, opener: &mut Opener, findings: &mut Findings) -> Line {
    let described = format!("position {}, item {}", row.seq, row.item);
    let opening = opener.open(&row, &described, findings);
    let columns = LineColumns {
        clause: row.clause,
        payer: row.payer,
        payee: row.payee,
        subject: row.subject_ref,
        part: row.part,
        amount_minor: row.amount_minor,
    };
    Record { seq: row.seq, item: row.item, commitment: row.commitment, opening, columns: Some(columns) }
}
