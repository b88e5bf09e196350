//! What is refused changes nothing: every table is the same before and after, on both databases.

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
use outcome_ledger::{
    operations::{
        Error, FactReport, Proposal, activate_contract, enrol_subjects, open_log, preview_settlement, propose_contract,
        propose_settlement, register_party, report_facts, sign_contract,
    },
    storage::Connection,
};

use super::{
    databases::on_each,
    deal::{self, CONTRACT, act, day, facts, sheet},
};

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    text: String,
}

/// All rows of all tables as text.
fn dump(c: &mut Connection) -> Vec<String> {
    let tables = [
        ("log", "log_id"),
        ("chain_head", "chain_id, seq, hash"),
        ("party", "party_id, name, chain_seq"),
        ("entry", "entry_id, hash"),
        ("posting", "chain_id, seq, leg, amount_minor"),
        ("contract", "contract_id, name, state"),
        ("contract_party", "contract_id, role, party_id, signed_seq"),
        ("subject", "contract_id, seq, item, commitment"),
        ("fact", "contract_id, seq, item, commitment"),
        ("settlement_line", "contract_id, seq, item, commitment"),
        ("receipt", "idempotency, request, chain_id, seq, answer"),
    ];
    let mut all = Vec::new();
    for (table, columns) in tables {
        let rows: Vec<Row> = match c {
            Connection::Sqlite(c) => {
                let columns: Vec<_> = columns.split(", ").map(|column| format!("quote({column})")).collect();
                let sql = format!("SELECT '{table} ' || {} AS text FROM {table}", columns.join(" || ' ' || "));
                sql_query(sql).load(c).unwrap()
            }
            Connection::Postgres(c) => {
                let sql = format!("SELECT '{table} ' || concat_ws(' ', {columns}) AS text FROM {table}");
                sql_query(sql).load(c).unwrap()
            }
        };
        all.extend(rows.into_iter().map(|row| row.text));
    }
    all.sort();
    all
}

/// Does something that has to be refused for a reason, and looks whether anything changed.
pub fn assert_refused<T>(c: &mut Connection, reason: &str, work: impl FnOnce(&mut Connection) -> Result<T, Error>) {
    let before = dump(c);
    let error = work(c).err().unwrap_or_else(|| panic!("`{reason}` was not refused"));
    let told = match &error {
        Error::Refused(refusal) => {
            assert!(!refusal.help.is_empty(), "{refusal:?}");
            format!("{}: {}", refusal.code, refusal.message)
        }
        other => other.to_string(),
    };
    assert!(told.contains(reason), "expected `{reason}`, got: {told}");
    assert!(dump(c) == before, "`{reason}` changed something");
}

fn refused_proposal(c: &mut Connection, reason: &str, parties: &[(&str, &str)], change: impl Fn(&mut Proposal)) {
    assert_refused(c, reason, |c| {
        let mut proposal = deal::proposal(parties);
        change(&mut proposal);
        act(c, |c, outside| propose_contract(c, outside, proposal))
    });
}

#[test]
fn proposals_that_cannot_be_signed_are_refused() {
    on_each(|database| {
        let c = &mut database.connect();
        assert_refused(c, "no-ledger", |c| act(c, |c, o| register_party(c, o, "Maker A", "manufacturer")));
        deal::found(c);
        assert_refused(c, "other-ledger", |c| act(c, |c, o| open_log(c, o, Some("ledger.example/two"))));
        assert_refused(c, "bad-origin", |c| act(c, |c, o| open_log(c, o, Some("two words"))));
        assert_refused(c, "name-taken", |c| act(c, |c, o| register_party(c, o, " Maker A ", "insurer")));
        assert_refused(c, "bad-name", |c| act(c, |c, o| register_party(c, o, "a\nb", "insurer")));
        let both = [("manufacturer", "Maker A"), ("insurer", "Insurer A")];
        refused_proposal(c, "role-open: nobody takes the role `insurer`", &both[..1], |_| {});
        refused_proposal(c, "unknown-role", &[both[0], both[1], ("hospital", "Maker A")], |_| {});
        refused_proposal(c, "role-of-patients", &[both[0], both[1], ("patient", "Maker A")], |_| {});
        refused_proposal(c, "unknown-party", &[both[0], ("insurer", "Nobody")], |_| {});
        refused_proposal(c, "bad-name", &both, |proposal| proposal.name = Some("\u{7}"));
        refused_proposal(c, "[unknown-parameter]", &both, |p| drop(p.settings.insert("windw".into(), "1".into())));
        refused_proposal(c, "`dru_cost`", &both, |proposal| {
            proposal.document = Box::leak(deal::DOCUMENT.replace("amount: drug_cost", "amount: dru_cost").into());
        });
        deal::propose(c);
        refused_proposal(c, "name-taken", &both, |_| {});
    });
}

#[test]
fn nothing_happens_before_its_time() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::found(c);
        assert_refused(c, "unknown-contract", |c| act(c, |c, o| sign_contract(c, o, CONTRACT, "insurer")));
        deal::propose(c);
        let enrol = |c: &mut Connection| act(c, |c, o| enrol_subjects(c, o, CONTRACT, &sheet("s.csv", deal::SUBJECTS)));
        assert_refused(c, "not-allowed-now", enrol);
        assert_refused(c, "not-allowed-now", |c| deal::report(c, FactReport::default()));
        assert_refused(c, "not-allowed-now", |c| deal::settle(c, "2025-06-30"));
        assert_refused(c, "unknown-role", |c| act(c, |c, o| sign_contract(c, o, CONTRACT, "hospital")));
        assert_refused(c, "role-of-patients", |c| act(c, |c, o| sign_contract(c, o, CONTRACT, "patient")));
        act(c, |c, o| sign_contract(c, o, CONTRACT, "insurer")).unwrap();
        assert_refused(c, "signed-already", |c| act(c, |c, o| sign_contract(c, o, CONTRACT, "insurer")));
        assert_refused(c, "signature-missing: `manufacturer`", |c| act(c, |c, o| activate_contract(c, o, CONTRACT)));
        act(c, |c, o| sign_contract(c, o, CONTRACT, "manufacturer")).unwrap();
        assert_refused(c, "not-allowed-now", enrol);
        act(c, |c, o| activate_contract(c, o, CONTRACT)).unwrap();
        assert_refused(c, "not-allowed-now", |c| act(c, |c, o| activate_contract(c, o, CONTRACT)));
    });
}

#[test]
fn a_file_with_one_bad_row_is_refused_as_a_whole() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::found(c);
        deal::propose(c);
        deal::sign_and_activate(c);
        let header = "subject,enrolled_on,age,site\n";
        for (rows, reason) in [
            ("p1,2025-01-10,55,\np1,2025-01-11,56,\n", "s.csv, line 3, column `subject`"),
            ("p1,2025-01-10,55,\np2,2025-01-10,old,\n", "s.csv, line 3, column `age`"),
            ("p1,2024-12-31,55,\n", "outside the term"),
            ("", "nothing-to-enrol"),
        ] {
            let sheet = sheet("s.csv", &format!("{header}{rows}"));
            assert_refused(c, reason, |c| act(c, |c, o| enrol_subjects(c, o, CONTRACT, &sheet)));
        }
        deal::enrol_and_report(c);
        let again = sheet("s.csv", &format!("{header}p9,2025-01-10,55,\np1,2025-01-10,55,\n"));
        assert_refused(c, "s.csv, line 3, column `subject`: this subject is enrolled already", |c| {
            act(c, |c, o| enrol_subjects(c, o, CONTRACT, &again))
        });
    });
}

#[test]
fn reports_that_are_not_clear_are_refused() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::follow_up(c);
        let twice = facts("dispensing", "subject,on,units,paid\np3,2025-04-01,1,10\np3,2025-04-01,2,20\n");
        deal::report(c, FactReport { recorded: twice, ..FactReport::default() }).unwrap();
        let recorded = |kind, rows| FactReport { recorded: facts(kind, rows), ..FactReport::default() };
        let corrected = |rows| FactReport { corrected: facts("dispensing", rows), ..FactReport::default() };
        let retracted = |rows| FactReport { retracted: facts("dispensing", rows), ..FactReport::default() };
        for (reason, report) in [
            ("unknown-kind", recorded("visit", "subject,on\n")),
            ("nothing-to-report", recorded("progression", "subject,on\n")),
            ("no such subject is enrolled", recorded("progression", "subject,on\np3,2025-05-01\np4,2025-05-01\n")),
            ("is reported already", recorded("baseline", "subject,on,ecog\np3,2025-03-01,1\np1,2025-03-01,1\n")),
            ("is reported already", recorded("baseline", "subject,on,ecog\np3,2025-03-01,1\np3,2025-03-01,1\n")),
            ("stands reported already with the same values", recorded("dispensing", deal::DISPENSING)),
            ("no `dispensing` of this subject and day", corrected("subject,on,units,paid\np1,2025-01-13,1,1\n")),
            ("2 `dispensing` stand reported", corrected("subject,on,units,paid\np3,2025-04-01,1,1\n")),
            ("2 `dispensing` stand reported", retracted("subject,on\np3,2025-04-01\n")),
            ("no `dispensing` of this subject and day", retracted("subject,on\np1,2025-01-12\np1,2025-01-12\n")),
            ("no `dispensing` of this subject and day", retracted("subject,on,paid\np1,2025-01-12,1\n")),
        ] {
            assert_refused(c, reason, |c| deal::report(c, report));
        }
        let named = retracted("subject,on,paid\np3,2025-04-01,20.00\n");
        assert_eq!(deal::report(c, named).unwrap().retracted, 1, "values tell facts of one day apart");
        let once =
            FactReport { corrected: facts("baseline", "subject,on,ecog\np1,2025-02-28,0\n"), ..FactReport::default() };
        assert_eq!(deal::report(c, once).unwrap().corrected, 1, "the only one of its kind, whatever the day");
        let again = FactReport { again: true, ..recorded("dispensing", deal::DISPENSING) };
        assert_eq!(deal::report(c, again).unwrap().recorded, 3);
    });
}

#[test]
fn a_settlement_does_not_go_back_in_time_and_needs_random_salts() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::complete(c);
        assert_refused(c, "settled-later", |c| deal::settle(c, "2025-06-29"));
        let fresh = facts("progression", "subject,on\np3,2025-05-01\n");
        let report = FactReport { recorded: fresh, ..FactReport::default() };
        // Salts come after the name of the entry and much of the work; without them nothing of it stays.
        let mut left = 1;
        let mut random = |bytes: &mut [u8]| {
            left -= 1;
            bytes.fill(7);
            if left < 0 { Err("none".into()) } else { Ok(()) }
        };
        assert_refused(c, "no random bytes", |c| {
            report_facts(c, &mut outcome_ledger::operations::Outside::new(0, &mut random), CONTRACT, &report)
        });
        assert_refused(c, "unknown-contract", |c| act(c, |c, o| propose_settlement(c, o, "ep2", day("2025-12-31"))));
    });
}

/// 2026-01-01 is the day of the clock in these tests.
#[test]
fn a_settlement_is_not_posted_for_a_day_to_come() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::follow_up(c);
        assert_refused(c, "future-day: 2026-01-02 is still to come", |c| deal::settle(c, "2026-01-02"));
        assert!(preview_settlement(c, CONTRACT, day("2026-01-02")).is_ok(), "any day can be looked at");
        assert!(deal::settle(c, "2026-01-01").unwrap().proposed.is_some());
    });
}

#[test]
fn a_fact_uploaded_once_more_is_not_doubled() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::follow_up(c);
        deal::correct(c);
        let head = "subject,on,units,paid\n";
        let report = |rows: &str, again| {
            let recorded = facts("dispensing", &format!("{head}{rows}"));
            FactReport { recorded, again, ..FactReport::default() }
        };
        // A file that goes on from the last one, a row twice in one file, and the file from before the correction.
        let cumulative = "p1,2025-01-12,21,20000\np1,2025-03-12,21,20000\n";
        let twice = "p3,2025-03-12,21,20000\np3,2025-03-12,21,20000.00\n";
        let replaced = "p2,2025-02-03,21,9800.50\n";
        for (reason, rows) in [
            ("dispensing.csv, line 2, column `on`: this `dispensing` stands reported already", cumulative),
            ("dispensing.csv, line 3, column `on`: this report has the same `dispensing` twice", twice),
            ("dispensing.csv, line 2, column `on`: this `dispensing` was reported before, and replaced", replaced),
        ] {
            assert_refused(c, reason, |c| deal::report(c, report(rows, false)));
        }
        let new = "p1,2025-01-12,21,20001\np1,2025-01-13,21,20000\np3,2025-01-12,21,20000\n";
        assert_eq!(deal::report(c, report(new, false)).unwrap().recorded, 3, "another value, day or subject");
        for rows in [cumulative, twice, replaced] {
            assert!(deal::report(c, report(rows, true)).unwrap().recorded > 0, "said to have happened again");
        }
    });
}
