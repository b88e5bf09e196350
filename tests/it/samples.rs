//! A small ledger to test with: one contract of two parties with two subjects, and every table filled.

use outcome_ledger::{
    contract::seal::{NO_SUBJECT, SubjectKey},
    storage::{
        self, AggregateReleaseRow, AmendmentRow, ChainHead, CheckpointRow, Connection, ContractPartyRow, ContractRow,
        CosignatureRow, EntryRow, Error, FactRow, LogEntryRow, LogNodeRow, LogRow, PartyRow, PatientReadRow,
        PostingRow, ReceiptRow, SequencedRow, SequencerRow, SettlementLineRow, SubjectKeyRow, SubjectRow,
    },
    values::{
        Day, Digest, day,
        id::{ChainId, EntryId, FactId, PartyId, ReadId, SubjectRef},
    },
};

pub const CONTRACT: ChainId = ChainId::from_bytes([1; 16]);

pub fn log() -> LogRow {
    LogRow { log_id: Digest([7; 32]), origin: "ledger.example/one".into(), created_at: 1_700_000_000_000_001 }
}

pub fn head(seq: i64) -> ChainHead {
    ChainHead { chain_id: CONTRACT, seq, hash: Digest::of(&[&seq.to_be_bytes()]) }
}

pub fn entry(seq: i64) -> EntryRow {
    let mut entry_id = [9; 16];
    entry_id[..8].copy_from_slice(&seq.to_be_bytes());
    EntryRow {
        chain_id: CONTRACT,
        seq,
        entry_id: EntryId::from_bytes(entry_id),
        kind: i16::MAX.into(),
        effective_on: day::FIRST.0.into(),
        recorded_at: i64::MAX,
        prev_hash: head(seq - 1).hash,
        hash: head(seq).hash,
        body: vec![0, 255, 0],
    }
}

/// Two parties, in the order of their names' bytes: `Z` comes before `a`, and `é` after both.
pub fn parties() -> [PartyRow; 3] {
    [("Zeta", 3), ("alpha", 1), ("élan 医院", 2)].map(|(name, byte)| PartyRow {
        party_id: PartyId::from_bytes([byte; 16]),
        name: name.into(),
        kind: "payer".into(),
        chain_seq: i64::from(byte),
    })
}

pub fn posting(leg: i64, amount_minor: i128) -> PostingRow {
    let party_id = parties()[0].party_id;
    PostingRow { chain_id: CONTRACT, seq: 1, leg, party_id, account: 2, currency: "CNY".into(), amount_minor }
}

pub fn contract() -> ContractRow {
    ContractRow {
        contract_id: CONTRACT,
        name: "heart-failure-2026".into(),
        document: "name: 心衰\n".into(),
        files: r#"{"b":1,"a":2}"#.into(),
        settings: "{}".into(),
        digest: Digest([5; 32]),
        state: "proposed".into(),
        proposed_seq: 1,
    }
}

pub fn contract_parties() -> [ContractPartyRow; 2] {
    let [payer, maker, _] = parties();
    [("Manufacturer", maker), ("payer", payer)].map(|(role, party)| ContractPartyRow {
        contract_id: CONTRACT,
        role: role.into(),
        party_id: party.party_id,
        signed_seq: None,
    })
}

pub fn subject_key(subject_ref: SubjectRef) -> SubjectKeyRow {
    SubjectKeyRow { contract_id: CONTRACT, subject_ref, key: SubjectKey([6; 32]) }
}

pub fn label_hash(item: i32) -> Digest {
    Digest::of(&[&item.to_be_bytes()])
}

pub fn subject(item: i32) -> SubjectRow {
    SubjectRow {
        contract_id: CONTRACT,
        subject_ref: SubjectRef::from_bytes([item as u8 + 1; 16]),
        label_hash: Some(label_hash(item)),
        sealed: Some(vec![8; 72]),
        commitment: Digest([3; 32]),
        seq: 1,
        item,
    }
}

pub fn fact(item: i32) -> FactRow {
    let mut fact_id = [0; 16];
    fact_id[..4].copy_from_slice(&item.to_be_bytes());
    FactRow {
        contract_id: CONTRACT,
        fact_id: FactId::from_bytes(fact_id),
        subject_ref: Some(subject(0).subject_ref),
        sealed: Some([&[item as u8; 72][..], br#"{"days":3}"#].concat()),
        commitment: Digest([3; 32]),
        seq: 1,
        item,
        corrects: None,
        retracted: false,
    }
}

pub fn line(item: i32, amount_minor: i128) -> SettlementLineRow {
    SettlementLineRow {
        contract_id: CONTRACT,
        seq: 1,
        item,
        clause: "rebate".into(),
        payer: "Manufacturer".into(),
        payee: "payer".into(),
        subject_ref: None,
        part: 0,
        amount_minor,
        sealed: Some(vec![4; 100]),
        commitment: Digest([3; 32]),
    }
}

pub fn receipt() -> ReceiptRow {
    let [idempotency, request] = [1, 2].map(|byte| Digest([byte; 32]));
    ReceiptRow { idempotency, request, chain_id: CONTRACT, seq: 1, answer: "[]".into() }
}

pub fn patient_read() -> PatientReadRow {
    let (read_id, party_id) = (ReadId::from_bytes([1; 16]), parties()[0].party_id);
    let operation = "list_subjects".into();
    PatientReadRow { contract_id: CONTRACT, read_id, party_id, operation, row_count: 2, read_at: 5 }
}

pub fn aggregate_release() -> AggregateReleaseRow {
    AggregateReleaseRow { contract_id: CONTRACT, released_on: Day(7), seq: 1, counts: "{}".into() }
}

/// Fills every table, in the order in which rows refer to each other.
pub fn fill(connection: &mut Connection) -> Result<(), Error> {
    connection.transaction(|c| {
        storage::log::insert(c, &log())?;
        storage::chain_head::start(c, CONTRACT)?;
        storage::chain_head::advance(c, 0, &head(1))?;
        storage::entry::insert(c, &[entry(1)])?;
        storage::party::insert(c, &parties())?;
        storage::posting::insert(c, &[posting(0, 100), posting(1, -100)])?;
        storage::contract::insert(c, &contract())?;
        storage::contract_party::insert(c, &contract_parties())?;
        let (document, files, settings) = ("name: 心衰 2\n".into(), "{}".into(), "{}".into());
        let amendment = AmendmentRow { contract_id: CONTRACT, seq: 1, document, files, settings };
        storage::amendment::insert(c, &amendment)?;
        storage::subject_key::insert(c, &[NO_SUBJECT, subject(0).subject_ref].map(subject_key))?;
        storage::subject::insert(c, &[subject(0), subject(1)])?;
        storage::fact::insert(c, &[fact(0)])?;
        storage::settlement_line::insert(c, &[line(0, 100)])?;
        storage::receipt::insert(c, &receipt())?;
        storage::patient_read::insert(c, &patient_read())?;
        storage::aggregate_release::insert(c, &aggregate_release())?;
        fill_log(c)
    })
}

fn fill_log(c: &mut Connection) -> Result<(), Error> {
    let digest = Digest([6; 32]);
    let leaf = LogEntryRow { log_index: 0, chain_id: CONTRACT, seq: 1, leaf: digest };
    storage::log_entry::insert(c, &[leaf])?;
    storage::log_node::insert(c, &[LogNodeRow { level: 1, node_index: 0, hash: digest }])?;
    storage::sequenced::start_all(c)?;
    storage::sequenced::advance(c, &SequencedRow { chain_id: CONTRACT, seq: 1 })?;
    storage::checkpoint::insert(c, &CheckpointRow { size: 1, root: digest, note: "one\n".into() })?;
    let cosignature = CosignatureRow { size: 1, verifier_key: "w+1+A".into(), line: "— w A".into() };
    storage::cosignature::insert(c, &cosignature)?;
    storage::sequencer::advance(c, &SequencerRow { one: 1, size: 1, checkpoints: 1, cosignatures: 1 })
}
