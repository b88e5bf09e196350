//! Entries that fit the chain but that no correct writer records: whoever can append to a chain cannot say everything.

use outcome_ledger::{
    contract::{
        Batch,
        content::{FactContent, decode, encode},
        payload::{Activation, BatchSize, Proposal, Registration, Settlement, Signature},
        pseudonym::fact_name,
        seal::{NO_SUBJECT, SealedAt, SubjectKey, seal, unseal},
    },
    ledger::{AccountKind, ChainHead, Draft, EntryKind, Posting, Postings},
    operations::verify_log,
    storage::{self, Connection, ContractPartyRow, ContractRow, EntryRow, FactRow},
    values::{ChainId, Currency, Digest, EntryId, FactId, PartyId, SubjectRef},
};

use super::{
    databases::on_each,
    deal::{self, CONTRACT, day},
};

pub fn draft(kind: EntryKind, payload: Vec<u8>) -> Draft {
    Draft {
        id: EntryId::from_bytes([200; 16]),
        kind,
        effective_on: day("2026-01-01"),
        recorded_at_micros: 0,
        actor: Digest::ZERO,
        idempotency: None,
        corrects: None,
        terms: None,
        postings: Postings::NONE,
        commitments: Vec::new(),
        payload,
    }
}

/// Appends an entry as a correct writer would, whatever it says. Returns its position.
pub fn forge(c: &mut Connection, chain: ChainId, draft: Draft) -> i64 {
    let log = storage::log::load(c).unwrap().unwrap().log_id;
    let row = storage::chain_head::load(c, chain).unwrap().unwrap();
    let last = storage::entry::page(c, chain, row.seq - 1, 1).unwrap();
    let recorded_at_micros = last.first().map_or(0, |last| last.recorded_at);
    let head = ChainHead { chain, seq: row.seq.unsigned_abs(), hash: row.hash, recorded_at_micros };
    let appended = head.append(log, draft).unwrap();
    let seq = row.seq + 1;
    storage::chain_head::advance(c, row.seq, &storage::ChainHead { chain_id: chain, seq, hash: appended.head.hash })
        .unwrap();
    let entry = EntryRow {
        chain_id: chain,
        seq,
        entry_id: appended.entry.id,
        kind: appended.entry.kind.number().into(),
        effective_on: appended.entry.effective_on.0.into(),
        recorded_at: appended.entry.recorded_at_micros,
        prev_hash: appended.entry.prev_hash,
        hash: appended.head.hash,
        body: appended.body,
    };
    storage::entry::insert(c, &[entry]).unwrap();
    seq
}

/// What was found impossible, in words.
fn impossible(c: &mut Connection) -> Vec<String> {
    let verified = verify_log(c).unwrap();
    let found = verified.findings.iter().filter(|finding| finding.code == "life.differs");
    found.map(|finding| format!("{}: {}; {}", finding.row, finding.found, finding.expected)).collect()
}

fn assert_told(c: &mut Connection, words: &str) {
    let told = impossible(c);
    assert!(told.iter().any(|told| told.contains(words)), "`{words}` not in {told:#?}");
}

pub fn contract(c: &mut Connection) -> ContractRow {
    storage::contract::find_by_name(c, CONTRACT).unwrap().unwrap()
}

#[test]
fn a_party_is_registered_once() {
    for (name, fresh) in [("Maker B", false), ("Maker A", true)] {
        on_each(|database| {
            let c = &mut database.connect();
            deal::complete(c);
            let maker = storage::party::find_by_name(c, "Maker A").unwrap().unwrap();
            let network =
                storage::chain_head::list(c).unwrap().into_iter().find(|head| head.seq == 3).unwrap().chain_id;
            let party = if fresh { PartyId::from_bytes([9; 16]) } else { maker.party_id };
            let payload = Registration { kind: "insurer".into(), name: name.into(), party };
            let seq = forge(c, network, draft(EntryKind::PartyRegistered, encode(&payload)));
            assert_told(c, &format!("a second registration of party {party} (`{name}`)"));
            assert!(impossible(c)[0].starts_with(&format!("position {seq} of the network's chain")));
        });
    }
}

#[test]
fn a_settlement_counts_for_its_day_and_days_go_forward() {
    for (as_of, effective_on, words) in [
        ("2025-12-31", "2025-12-30", "a settlement as of 2025-12-31 that counts for 2025-12-30"),
        ("2025-06-29", "2025-06-29", "a settlement as of 2025-06-29, when it is settled as of 2025-06-30 already"),
    ] {
        on_each(|database| {
            let c = &mut database.connect();
            deal::complete(c);
            let row = contract(c);
            let payload = encode(&Settlement { as_of: day(as_of), by: None, count: 0, totals: vec![] });
            let effective_on = day(effective_on);
            let terms = Some(row.digest);
            forge(c, row.contract_id, Draft { effective_on, terms, ..draft(EntryKind::SettlementProposed, payload) });
            assert_told(c, words);
        });
    }
}

#[test]
fn only_what_is_about_money_moves_it() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::complete(c);
        let row = contract(c);
        let mut leg = |name: &str, amount_minor| Posting {
            party: storage::party::find_by_name(c, name).unwrap().unwrap().party_id,
            account: AccountKind::Accrued,
            currency: Currency::parse("CNY").unwrap(),
            amount_minor,
        };
        let postings = Postings::balanced([("Maker A", 5), ("Insurer A", -5)].map(|(n, a)| leg(n, a)).into()).unwrap();
        let payload = encode(&BatchSize { count: 0 });
        forge(
            c,
            row.contract_id,
            Draft { postings, terms: Some(row.digest), ..draft(EntryKind::FactsRecorded, payload) },
        );
        assert_told(c, "postings of a facts.recorded; postings of settlements, payments");
    });
}

#[test]
fn what_is_activated_is_what_was_signed() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::found(c);
        deal::propose(c);
        for role in ["manufacturer", "insurer"] {
            deal::act(c, |c, outside| outcome_ledger::operations::sign_contract(c, outside, CONTRACT, role)).unwrap();
        }
        let row = contract(c);
        let digest = Digest::of(&[b"another"]).to_string();
        let payload = encode(&Activation { digest: digest.clone() });
        forge(c, row.contract_id, Draft { terms: Some(row.digest), ..draft(EntryKind::ContractActivated, payload) });
        assert_told(c, &format!("an activation of the agreement {digest}; {}", row.digest));
    });
}

/// Appends one fact as an entry of a kind.
fn forge_fact(c: &mut Connection, kind: EntryKind, change: impl Fn(&[FactContent], &mut FactContent)) {
    let row = contract(c);
    let keys = storage::subject_key::of_contract(c, row.contract_id).unwrap();
    let key = |subject: Option<SubjectRef>| {
        keys.iter()
            .find(|row| row.subject_ref == subject.unwrap_or(NO_SUBJECT))
            .map_or(SubjectKey([0; 32]), |row| row.key.clone())
    };
    let facts: Vec<FactContent> = storage::fact::of_contract(c, row.contract_id)
        .unwrap()
        .iter()
        .map(|fact| {
            let at = SealedAt { contract: row.contract_id, seq: fact.seq, batch: Batch::Facts, item: fact.item };
            decode(&unseal(&key(fact.subject_ref), &at, fact.sealed.as_ref().unwrap()).unwrap().content).unwrap()
        })
        .collect();
    let mut new = draft(kind, encode(&BatchSize { count: 1 }));
    let mut content = FactContent {
        corrects: None,
        fact: fact_name(new.id)(0),
        fields: Default::default(),
        kind: "progression".into(),
        on: day("2025-05-05"),
        retracted: false,
        source: None,
        subject: facts.iter().find_map(|fact| fact.subject),
    };
    change(&facts, &mut content);
    let bytes = encode(&content);
    let commitment = Batch::Facts.commit(row.contract_id, new.id, 0, &[5; 32], &bytes);
    new.commitments = vec![Batch::Facts.root(&[commitment])];
    new.terms = Some(row.digest);
    let seq = forge(c, row.contract_id, new);
    let at = SealedAt { contract: row.contract_id, seq, batch: Batch::Facts, item: 0 };
    let sealed = seal(&key(content.subject), &at, [5; 24], &[5; 32], &bytes).unwrap();
    let fact = FactRow {
        contract_id: row.contract_id,
        fact_id: content.fact,
        subject_ref: content.subject,
        sealed: Some(sealed),
        commitment,
        seq,
        item: 0,
        corrects: content.corrects,
        retracted: content.retracted,
    };
    super::tamper::disarm(c);
    storage::fact::insert(c, &[fact]).unwrap();
}

#[test]
fn a_fact_is_about_what_is_known() {
    type Change = fn(&[FactContent], &mut FactContent);
    let cases: [(EntryKind, Change, &str); 8] = [
        (EntryKind::FactsRecorded, |_, new| new.kind = "visit".into(), "kind `visit`; a kind of the agreement"),
        (EntryKind::FactsRecorded, |_, new| new.subject = Some(SubjectRef::from_bytes([8; 16])), "enrolled before"),
        (EntryKind::FactsCorrected, |_, _| {}, "a row of facts.recorded; facts.corrected"),
        (EntryKind::FactsRetracted, |_, _| {}, "a row of facts.recorded; facts.retracted"),
        (
            EntryKind::FactsRecorded,
            |facts, new| (new.retracted, new.corrects) = (true, Some(facts[0].fact)),
            "a row of facts.retracted; facts.recorded",
        ),
        (
            EntryKind::FactsCorrected,
            |_, new| new.corrects = Some(FactId::from_bytes([7; 16])),
            "a correction of a fact reported before",
        ),
        (
            EntryKind::FactsCorrected,
            |facts, new| new.corrects = facts.iter().find(|fact| fact.kind == "baseline").map(|fact| fact.fact),
            "a correction of the same kind and subject",
        ),
        (
            EntryKind::FactsCorrected,
            |facts, new| {
                let corrected = facts.iter().find_map(|fact| fact.corrects).unwrap();
                let fact = facts.iter().find(|fact| fact.fact == corrected).unwrap();
                (new.corrects, new.kind, new.subject) = (Some(corrected), fact.kind.clone(), fact.subject);
            },
            "one correction of each fact",
        ),
    ];
    for (kind, change, words) in cases {
        on_each(|database| {
            let c = &mut database.connect();
            deal::complete(c);
            forge_fact(c, kind, change);
            assert_told(c, words);
        });
    }
}

/// A contract put forward, signed by nobody or by strangers, and brought into force at once.
fn forge_contract(c: &mut Connection, change: impl Fn(&mut Proposal)) {
    let real = contract(c);
    let chain = ChainId::from_bytes([77; 16]);
    let parties = storage::contract_party::of_contract(c, real.contract_id).unwrap();
    let mut roles: std::collections::BTreeMap<_, _> =
        parties.iter().map(|row| (row.role.clone(), row.party_id)).collect();
    roles.insert("patient".into(), outcome_ledger::contract::pseudonym::beneficiary(chain, "patient"));
    let signers = vec!["insurer".to_owned(), "manufacturer".to_owned()];
    let mut proposal = Proposal { arbiters: vec![], digest: String::new(), name: "forged".into(), roles, signers };
    change(&mut proposal);
    let agreement = outcome_ledger::contract::Agreement {
        document: real.document.clone(),
        roles: proposal.roles.clone(),
        ..Default::default()
    };
    let digest = agreement.digest();
    proposal.digest = digest.to_string();
    storage::chain_head::start(c, chain).unwrap();
    let mut id = 210;
    let mut append = |c: &mut Connection, kind, payload| {
        id += 1;
        let id = EntryId::from_bytes([id; 16]);
        forge(c, chain, Draft { id, terms: Some(digest), ..draft(kind, payload) })
    };
    append(c, EntryKind::ContractProposed, encode(&proposal));
    let mut signed = std::collections::BTreeMap::new();
    for role in &proposal.signers {
        let (party, digest) = (proposal.roles[role], digest.to_string());
        let payload = Signature { digest, party, role: role.clone() };
        signed.insert(role.clone(), append(c, EntryKind::ContractSigned, encode(&payload)));
    }
    append(c, EntryKind::ContractActivated, encode(&Activation { digest: digest.to_string() }));
    super::tamper::disarm(c);
    let row = ContractRow { contract_id: chain, name: "forged".into(), digest, state: "in force".into(), ..real };
    storage::contract::insert(c, &row).unwrap();
    let row = |(role, party_id): (&String, &PartyId)| ContractPartyRow {
        contract_id: chain,
        role: role.clone(),
        party_id: *party_id,
        signed_seq: signed.get(role).copied(),
    };
    storage::contract_party::insert(c, &proposal.roles.iter().map(row).collect::<Vec<_>>()).unwrap();
}

#[test]
fn a_contract_binds_those_who_signed_it() {
    type Change = fn(&mut Proposal);
    let cases: [(Change, &str); 4] = [
        (
            |proposal| {
                proposal.signers.remove(0);
            },
            "signers manufacturer; insurer, manufacturer",
        ),
        (
            |proposal| {
                proposal.roles.insert("insurer".into(), PartyId::from_bytes([3; 16]));
            },
            "as insurer; a party that is registered",
        ),
        (
            |proposal| {
                let insurer = proposal.roles["insurer"];
                proposal.roles.insert("patient".into(), insurer);
            },
            "as patient; ",
        ),
        (
            |proposal| {
                proposal.roles.remove("patient");
            },
            "roles insurer, manufacturer; insurer, manufacturer, patient",
        ),
    ];
    for (change, words) in cases {
        on_each(|database| {
            let c = &mut database.connect();
            deal::complete(c);
            forge_contract(c, change);
            assert_told(c, words);
        });
    }
}
