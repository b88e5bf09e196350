//! What the verifier finds of amendments that no correct writer records.

use outcome_ledger::{
    contract::{content::encode, payload::Amended},
    ledger::{Draft, EntryKind},
    storage,
    values::Digest,
};

use super::*;
use crate::{
    databases::execute,
    forgery::{draft as forged, forge},
};

/// Appends an entry as somebody would who writes past this program.
fn append(c: &mut Connection, kind: EntryKind, payload: Vec<u8>, terms: &str, on: &str) {
    let chain = storage::contract::find_by_name(c, NAME).unwrap().unwrap().contract_id;
    forge(c, chain, Draft { effective_on: day(on), terms: Digest::parse(terms), ..forged(kind, payload) });
}

fn findings(c: &mut Connection) -> Vec<String> {
    verify_log(c).unwrap().findings.iter().map(|finding| format!("{} {}", finding.code, finding.found)).collect()
}

#[test]
fn an_amendment_without_a_signature_is_found() {
    on_each(|database| {
        let c = &mut database.connect();
        in_force(c);
        let digest = amend(c, &draft(DOCUMENT, &CHEAPER, "2025-07-01")).unwrap();
        act(c, |c, outside| sign_contract(c, outside, NAME, "insurer")).unwrap();
        let amended = Amended { digest: digest.clone(), effective_on: day("2025-07-01") };
        append(c, EntryKind::ContractAmended, encode(&amended), &digest, "2025-07-01");
        assert_eq!(findings(c), ["life.differs `hospital` has not signed the amendment yet"]);
    });
}

#[test]
fn an_amendment_of_another_day_or_digest_is_found() {
    for (digest_of_other, on) in [(false, "2025-10-01"), (true, "2025-07-01")] {
        on_each(|database| {
            let c = &mut database.connect();
            in_force(c);
            let digest = amend(c, &draft(DOCUMENT, &CHEAPER, "2025-07-01")).unwrap();
            let named = if digest_of_other { Digest([7; 32]).to_string() } else { digest.clone() };
            let amended = Amended { digest: named.clone(), effective_on: day(on) };
            append(c, EntryKind::ContractAmended, encode(&amended), &digest, on);
            assert_eq!(findings(c), [format!("life.differs an amendment under {named} from {on}")]);
        });
    }
}

#[test]
fn entries_that_name_the_version_before_are_found() {
    on_each(|database| {
        let c = &mut database.connect();
        in_force(c);
        let first = show_versions(c, NAME).unwrap()[0].digest.clone();
        amend(c, &draft(DOCUMENT, &CHEAPER, "2025-07-01")).unwrap();
        sign(c, NAME);
        append(c, EntryKind::SubjectsEnrolled, br#"{"count":0}"#.to_vec(), &first, "2025-07-01");
        let found = findings(c);
        assert!(found.iter().any(|found| found == "life.differs the digest of another agreement"), "{found:?}");
    });
}

#[test]
fn a_changed_text_of_an_amendment_is_found() {
    on_each(|database| {
        let c = &mut database.connect();
        in_force(c);
        amend(c, &draft(DOCUMENT, &CHEAPER, "2025-07-01")).unwrap();
        sign(c, NAME);
        settle(c, "2025-09-30");
        let (off, change) = match c {
            Connection::Sqlite(_) => ("DROP TRIGGER amendment_refuses_update", "UPDATE amendment SET settings = '{}'"),
            Connection::Postgres(_) => {
                ("ALTER TABLE amendment DISABLE TRIGGER ALL", "UPDATE amendment SET settings = '{}'")
            }
        };
        execute(c, off).unwrap();
        execute(c, change).unwrap();
        let found = findings(c);
        assert!(found.iter().any(|found| found.starts_with("agreement.differs document, files")), "{found:?}");
        assert!(found.iter().any(|found| found.starts_with("settlement.differs ")), "{found:?}");
    });
}
