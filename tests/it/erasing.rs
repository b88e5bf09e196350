//! A person is forgotten: nothing of it is left in any table, page or log, and the proof of everything else still stands.

use std::fs;

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
use outcome_ledger::{
    contract::{
        Batch,
        erasure::Basis,
        pseudonym::fact_name,
        seal::{Opening, SealedAt, SubjectKey, unseal},
    },
    ledger::{Commitment, Entry, commitment::verify_in_batch},
    operations::{
        Erasure, Error, FactProof, FactReport, enrol_subjects, erase_subject, prove_fact, state_contract, verify_log,
    },
    storage::{self, Address, Connection, SubjectRow},
    values::{ChainId, Digest, FactId, from_hex, to_hex},
};

use super::{
    databases::{Database, execute, on_each, on_each_empty},
    deal::{self, CONTRACT, act, facts, sheet},
    samples, tamper,
};

const LABEL: &str = "canary-label-7431";
const SITE: &str = "canary-site-2210";
const PAID: &str = "74312210.99";

fn erase(c: &mut Connection, label: &str) -> Result<Erasure, Error> {
    act(c, |c, outside| erase_subject(c, outside, CONTRACT, label, Basis::ConsentWithdrawn))
}

fn contract_id(c: &mut Connection) -> ChainId {
    storage::contract::find_by_name(c, CONTRACT).unwrap().unwrap().contract_id
}

/// The deal with one person more, whose label, site and cost stand nowhere else, among six hundred others, so that pages
/// are split while rows arrive. The canary progressed within the window, as p1 did, and is owed the 30,000 at most.
fn with_canary(c: &mut Connection) {
    deal::follow_up(c);
    let mut subjects = String::from("subject,enrolled_on,age,site\n");
    let mut paid = String::from("subject,on,units,paid\n");
    for number in 0..600 {
        subjects += &format!("other-{number},2025-02-02,60,\n");
        paid += &format!("other-{number},2025-02-03,1,{number}\n");
        if number == 300 {
            subjects += &format!("{LABEL},2025-02-02,60,{SITE}\n");
            paid += &format!("{LABEL},2025-02-03,1,{PAID}\n");
        }
    }
    act(c, |c, outside| enrol_subjects(c, outside, CONTRACT, &sheet("more.csv", &subjects))).unwrap();
    let mut recorded = facts("dispensing", &paid);
    recorded.extend(facts("progression", &format!("subject,on\n{LABEL},2025-03-03\n")));
    deal::report(c, FactReport { recorded, ..FactReport::default() }).unwrap();
}

/// What must not be found: as bytes, and as it is shown when a row is read as text.
fn secrets(c: &mut Connection) -> Vec<(String, Vec<u8>)> {
    let chain = contract_id(c);
    let keys = storage::subject_key::of_contract(c, chain).unwrap();
    let subject = canary(c, chain);
    let key = keys.into_iter().find(|row| row.subject_ref == subject.subject_ref).unwrap().key;
    let mut secrets: Vec<(String, Vec<u8>)> =
        [LABEL, SITE, PAID].map(|text| (text.to_owned(), text.as_bytes().to_vec())).into();
    secrets.push(("key".into(), key.0.to_vec()));
    secrets.push(("label_hash".into(), subject.label_hash.unwrap().0.to_vec()));
    let mut add = |seq, batch, item, sealed: Option<Vec<u8>>| {
        let sealed = sealed.unwrap();
        let at = SealedAt { contract: chain, seq, batch, item };
        let Opening { salt, content } = unseal(&key, &at, &sealed).unwrap();
        let named = |what: &str| format!("{what} of {batch:?} {seq}/{item}");
        secrets.push((named("salt"), salt.to_vec()));
        secrets.push((named("content"), content));
        secrets.push((named("nonce"), sealed[..24].to_vec()));
        secrets.push((named("ciphertext"), sealed[24..56].to_vec()));
    };
    add(subject.seq, Batch::Subjects, subject.item, subject.sealed.clone());
    for fact in storage::fact::of_subject(c, chain, subject.subject_ref).unwrap() {
        add(fact.seq, Batch::Facts, fact.item, fact.sealed);
    }
    for line in storage::settlement_line::of_subject(c, chain, subject.subject_ref).unwrap() {
        add(line.seq, Batch::Lines, line.item, line.sealed);
    }
    // Subject, two facts, an amount and the limit that cuts it.
    assert_eq!(secrets.len(), 5 + 5 * 4);
    secrets
}

/// The subject whose content has the label.
fn canary(c: &mut Connection, chain: ChainId) -> SubjectRow {
    let keys = storage::subject_key::of_contract(c, chain).unwrap();
    let key = |row: &SubjectRow| keys.iter().find(|key| key.subject_ref == row.subject_ref).map(|key| key.key.clone());
    let opens = |key: SubjectKey, row: &SubjectRow| {
        let at = SealedAt { contract: chain, seq: row.seq, batch: Batch::Subjects, item: row.item };
        let content = unseal(&key, &at, row.sealed.as_ref().unwrap()).unwrap().content;
        String::from_utf8(content).unwrap().contains(LABEL)
    };
    let rows = storage::subject::of_contract(c, chain).unwrap();
    rows.into_iter().find(|row| opens(key(row).unwrap(), row)).unwrap()
}

#[derive(QueryableByName)]
struct Cell {
    #[diesel(sql_type = Text)]
    text: String,
}

fn texts(c: &mut Connection, sql: &str) -> Vec<String> {
    let rows: Vec<Cell> = match c {
        Connection::Sqlite(c) => sql_query(sql).load(c).unwrap(),
        Connection::Postgres(c) => sql_query(sql).load(c).unwrap(),
    };
    rows.into_iter().map(|cell| cell.text).collect()
}

/// Every row of every table as text, bytes in lower-case hexadecimal.
fn everything(c: &mut Connection) -> String {
    let mut all = String::new();
    if let Connection::Postgres(_) = c {
        let tables = "SELECT quote_ident(relname) AS text FROM pg_class
            WHERE relkind IN ('r', 'm', 'v') AND relnamespace = 'public'::regnamespace";
        for table in texts(c, tables) {
            all += &texts(c, &format!("SELECT t::text AS text FROM {table} AS t")).join("\n");
        }
        return all;
    }
    for table in texts(c, "SELECT name AS text FROM sqlite_master WHERE type = 'table'") {
        let columns = texts(c, &format!("SELECT name AS text FROM pragma_table_info('{table}')"));
        let quoted: Vec<_> = columns.iter().map(|column| format!("quote({column})")).collect();
        let sql = format!("SELECT {} AS text FROM {table}", quoted.join(" || ' ' || "));
        all += &texts(c, &sql).join("\n");
    }
    // Texts keep their case; only what quote() wrote in capitals is needed in small letters.
    all.clone() + &all.to_lowercase()
}

fn found_in_rows(c: &mut Connection, secrets: &[(String, Vec<u8>)]) -> Vec<String> {
    let all = everything(c);
    let shows =
        |bytes: &[u8]| all.contains(&to_hex(bytes)) || std::str::from_utf8(bytes).is_ok_and(|t| all.contains(t));
    secrets.iter().filter(|(_, bytes)| shows(bytes)).map(|(name, _)| name.clone()).collect()
}

/// What is found in the bytes of the database's files, free pages and logs included; nothing to look at on a server.
fn found_in_files(database: &Database, secrets: &[(String, Vec<u8>)]) -> Vec<String> {
    let Address::Sqlite(path) = &database.address else { return Vec::new() };
    let mut bytes = fs::read(path).unwrap();
    for side in ["-wal", "-shm"] {
        bytes.extend(fs::read(format!("{}{side}", path.display())).unwrap_or_default());
    }
    let contains = |secret: &[u8]| bytes.windows(secret.len()).any(|window| window == secret);
    secrets.iter().filter(|(_, secret)| contains(secret)).map(|(name, _)| name.clone()).collect()
}

#[test]
fn nothing_of_an_erased_person_is_left() {
    on_each(|database| {
        let c = &mut database.connect();
        with_canary(c);
        deal::settle(c, "2025-06-30").unwrap();
        let secrets = secrets(c);
        // The search finds what is there: all that is stored as it is.
        let stored =
            |name: &&String| !["canary", "salt", "content", "74312210"].iter().any(|word| name.starts_with(word));
        let expected: Vec<_> = secrets.iter().map(|(name, _)| name).filter(stored).cloned().collect();
        let in_rows = found_in_rows(c, &secrets);
        assert_eq!(in_rows, expected);
        let erasure = erase(c, LABEL).unwrap();
        assert_eq!((erasure.facts, erasure.lines), (2, 2));
        assert_eq!(found_in_rows(c, &secrets), [""; 0]);
        assert_eq!(found_in_files(database, &secrets), [""; 0]);
    });
}

#[test]
fn everything_else_is_proven_as_before() {
    on_each(|database| {
        let c = &mut database.connect();
        with_canary(c);
        deal::settle(c, "2025-06-30").unwrap();
        let before = state_contract(c, CONTRACT, None).unwrap();
        let erasure = erase(c, LABEL).unwrap();
        let verified = verify_log(c).unwrap();
        assert!(verified.valid, "{:#?}", verified.findings);
        // Refund and limit for p1 and the canary, the refund of p2, the fee for p1, whose baseline.ecog is 1: six less two.
        let told = verified.not_checked.iter().find(|sentence| sentence.contains("1 subject(s)")).unwrap();
        assert!(told.contains("4 of its 6 lines"), "{told}");
        // Who is gone is neither owed more nor asked for money back.
        assert!(deal::settle(c, "2025-06-30").unwrap().due.is_empty());
        let after = state_contract(c, CONTRACT, None).unwrap();
        assert_eq!(after.balances, before.balances);
        let pseudonym = erasure.subject.to_string();
        for (before, after) in before.lines.iter().zip(&after.lines) {
            if before.line.subject.as_deref() == Some(LABEL) {
                assert_eq!(after.line.subject.as_deref(), Some(pseudonym.as_str()));
                assert_eq!(after.line.amount, before.line.amount);
                assert!(after.line.reason.starts_with("erased"), "{}", after.line.reason);
            } else {
                assert_eq!(after, before);
            }
        }
        // A settlement after the erasure is computed again in full.
        deal::correct(c);
        assert!(!deal::settle(c, "2025-06-30").unwrap().due.is_empty());
        let verified = verify_log(c).unwrap();
        assert!(verified.valid, "{:#?}", verified.findings);
        assert_eq!(verified.looked_at.settlements, 1);
    });
}

#[test]
fn who_is_erased_is_not_known_any_more() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::follow_up(c);
        let code = |error: Error| match error {
            Error::Refused(refusal) => refusal.code,
            other => panic!("{other}"),
        };
        assert_eq!(code(erase(c, "nobody").unwrap_err()), "unknown-subject");
        erase(c, "p1").unwrap();
        assert_eq!(code(erase(c, "p1").unwrap_err()), "unknown-subject");
        let row = "subject,on,units,paid\np1,2025-01-12,21,20000\n";
        for report in [
            FactReport { recorded: facts("dispensing", row), ..FactReport::default() },
            FactReport { corrected: facts("dispensing", row), ..FactReport::default() },
            FactReport { retracted: facts("dispensing", row), ..FactReport::default() },
        ] {
            let error = deal::report(c, report).unwrap_err().to_string();
            assert!(error.contains("no such subject is enrolled"), "{error}");
        }
        // The label is free again, for somebody new.
        let again = "subject,enrolled_on,age,site\np1,2025-01-10,55,north\n";
        act(c, |c, outside| enrol_subjects(c, outside, CONTRACT, &sheet("again.csv", again))).unwrap();
        let verified = verify_log(c).unwrap();
        assert!(verified.valid, "{:#?}", verified.findings);
    });
}

#[test]
fn nobody_is_erased_before_a_contract_is_in_force() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::found(c);
        deal::propose(c);
        let error = erase(c, "p1").unwrap_err().to_string();
        assert!(error.contains("the contract is proposed"), "{error}");
    });
}

/// Erasing past the journal, or not erasing in spite of it, is found and named.
#[test]
fn an_erasure_that_is_not_what_the_journal_says_is_found() {
    type Tampering = (&'static str, &'static [&'static str], &'static str, &'static str);
    let cases: [Tampering; 6] = [
        (
            "a fact of somebody else emptied",
            &["UPDATE fact SET sealed = NULL WHERE seq = 6 AND item = 2"],
            "erased.unrecorded",
            "position 6, item 2",
        ),
        (
            "a line of somebody else emptied",
            &["UPDATE settlement_line SET sealed = NULL WHERE seq = 7 AND item = 2"],
            "erased.unrecorded",
            "position 7, item 2",
        ),
        (
            "content brought back",
            &[
                "UPDATE fact SET sealed = (SELECT sealed FROM kept) WHERE seq = 6 AND item = 0",
                "INSERT INTO subject_key SELECT * FROM kept_key",
            ],
            "erased.present",
            "position 6, item 0",
        ),
        ("a key brought back", &["INSERT INTO subject_key SELECT * FROM kept_key"], "row.extra", "key of subject"),
        (
            "the commitment of an erased row changed",
            &[
                "UPDATE fact SET commitment = (SELECT commitment FROM fact WHERE seq = 6 AND item = 2) WHERE seq = 6 AND item = 0",
            ],
            "erased.differs",
            "erasure of subject",
        ),
        (
            "an erased row given to somebody else",
            &[
                "UPDATE fact SET subject_ref = (SELECT subject_ref FROM fact WHERE seq = 6 AND item = 2) WHERE seq = 6 AND item = 0",
            ],
            "erased.unrecorded",
            "position 6, item 0",
        ),
    ];
    for (what, statements, code, row) in cases {
        on_each(|database| {
            let c = &mut database.connect();
            deal::complete(c);
            execute(c, "CREATE TABLE kept AS SELECT sealed FROM fact WHERE seq = 6 AND item = 0").unwrap();
            execute(
                c,
                "CREATE TABLE kept_key AS SELECT * FROM subject_key WHERE subject_ref =
                 (SELECT subject_ref FROM fact WHERE seq = 6 AND item = 0)",
            )
            .unwrap();
            erase(c, "p1").unwrap();
            assert!(verify_log(c).unwrap().valid);
            tamper::disarm(c);
            for statement in statements {
                execute(c, statement).unwrap();
            }
            let findings = verify_log(c).unwrap().findings;
            let found = findings.iter().any(|finding| finding.code == code && finding.row.contains(row));
            assert!(found, "{what}: {findings:#?}");
        });
    }
}

/// The database itself allows an erasure right after its entry and nothing else, and no second one.
#[test]
fn the_database_allows_nothing_but_an_erasure() {
    on_each_empty(|database| {
        let c = &mut database.connect();
        storage::migrate::run(c).unwrap();
        samples::fill(c).unwrap();
        let (subject, chain) = (samples::subject(0).subject_ref, samples::CONTRACT);
        let refused = |c: &mut Connection, sql: &str| {
            let result = execute(c, sql);
            assert!(matches!(result, Err(storage::Error::Refused(_))), "{sql}: {result:?}");
        };
        let erasures = [
            "UPDATE subject SET sealed = NULL, label_hash = NULL WHERE item = 0",
            "UPDATE fact SET sealed = NULL",
            "UPDATE settlement_line SET sealed = NULL",
            "DELETE FROM subject_key WHERE subject_ref = (SELECT subject_ref FROM subject WHERE item = 0)",
        ];
        for sql in erasures {
            refused(c, sql);
        }
        let entry = storage::EntryRow { kind: 11, ..samples::entry(2) };
        storage::chain_head::advance(c, 1, &samples::head(2)).unwrap();
        storage::entry::insert(c, &[entry]).unwrap();
        for sql in [
            "UPDATE fact SET sealed = NULL, commitment = sealed",
            "UPDATE fact SET sealed = commitment",
            "UPDATE fact SET sealed = NULL, item = 9",
            "UPDATE fact SET sealed = NULL, subject_ref = NULL",
            "UPDATE subject SET sealed = NULL WHERE item = 0",
            "UPDATE settlement_line SET sealed = NULL, clause = 'other'",
            "DELETE FROM fact",
            "UPDATE subject_key SET key = key",
        ] {
            refused(c, sql);
        }
        storage::subject::erase(c, chain, subject).unwrap();
        storage::fact::erase(c, chain, subject).unwrap();
        storage::subject_key::delete(c, chain, subject).unwrap();
        refused(c, "UPDATE fact SET sealed = NULL");
        refused(c, "DELETE FROM subject_key");
        assert_eq!(storage::subject_key::of_contract(c, chain).unwrap().len(), 1, "the contract's own key stays");
    });
}

/// A fact of the same batch is proven after an erasure as before it, down to the bytes of the entry.
#[test]
fn facts_are_proven_one_by_one_also_when_others_are_erased() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::follow_up(c);
        let chain = contract_id(c);
        let rows = storage::fact::of_contract(c, chain).unwrap();
        let proofs: Vec<FactProof> = rows.iter().map(|row| prove_fact(c, CONTRACT, row.fact_id).unwrap()).collect();
        for (row, proof) in rows.iter().zip(&proofs) {
            // As docs/LEDGER-FORMAT.md says it, from what the proof gives alone.
            let entry = Entry::decode(&from_hex(&proof.body).unwrap()).unwrap();
            let opening = proof.opening.as_ref().unwrap();
            let salt: [u8; 32] = from_hex(&opening.salt).unwrap().try_into().unwrap();
            let commitment = Batch::Facts.commit(chain, entry.id, proof.item, &salt, opening.content.as_bytes());
            assert_eq!((commitment.to_string(), commitment), (proof.commitment.clone(), row.commitment));
            let path: Vec<Digest> = proof.path.iter().map(|node| Digest::parse(node).unwrap()).collect();
            let root = entry.commitments[0].digest;
            assert_eq!((entry.commitments[0].field, root.to_string()), (2, proof.root.clone()));
            verify_in_batch(&root, proof.count, proof.item, &Commitment(commitment), &path).unwrap();
            let other = Commitment(Digest([1; 32]));
            assert!(verify_in_batch(&root, proof.count, proof.item, &other, &path).is_err());
            assert_eq!(fact_name(entry.id)(proof.item), proof.fact);
        }
        let erased = erase(c, "p1").unwrap().subject;
        for (row, before) in rows.iter().zip(proofs) {
            let after = prove_fact(c, CONTRACT, row.fact_id).unwrap();
            let opening = before.opening.clone().filter(|_| row.subject_ref != Some(erased));
            assert_eq!(after, FactProof { opening, ..before });
        }
        let unknown = prove_fact(c, CONTRACT, FactId::from_bytes([7; 16])).unwrap_err().to_string();
        assert!(unknown.contains("has no fact 07070707"), "{unknown}");
    });
}
