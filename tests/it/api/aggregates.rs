//! Figures about patients for those who may see no rows: month by month, and nothing that follows from two of them.

use std::collections::BTreeMap;

use outcome_ledger::{
    operations::{
        FactReport, Proposal, activate_contract, due_release, enrol_subjects, erase_subject, keep_release,
        list_aggregates, propose_contract, report_facts, sign_contract,
    },
    storage::Connection,
};
use serde_json::{Value, json};

use super::{
    follow_up::DOCUMENT,
    session::{Served, found},
};
use crate::{
    databases::{Database, on_each_empty},
    deal::{act, day, facts, sheet},
};

/// Carries something out as if it were that day.
macro_rules! on {
    ($c:expr, $day:expr, |$inner:ident, $outside:ident| $work:expr) => {
        act($c, |$inner, $outside| {
            $outside.now_micros = i64::from(day($day).0) * 86_400_000_000;
            $work
        })
        .unwrap()
    };
}

/// Rows of subjects: so many of a site and an arm, named from a letter on.
fn rows(name: &str, count: usize, arm: &str, site: &str) -> String {
    (0..count).map(|at| format!("{name}{at},2025-02-01,40,yes,{arm},{site}\n")).collect()
}

fn enrol(c: &mut Connection, on_day: &str, rows: &str) {
    let text = format!("subject,enrolled_on,age,consented,arm,site\n{rows}");
    on!(c, on_day, |c, outside| enrol_subjects(c, outside, "rr", &sheet("s.csv", &text)));
}

fn relapse(c: &mut Connection, on_day: &str, name: &str, from: usize, to: usize) {
    let rows: String = (from..to).map(|at| format!("{name}{at},2025-03-01\n")).collect();
    let recorded = facts("relapse", &format!("subject,on\n{rows}"));
    let report = FactReport { recorded, ..FactReport::default() };
    on!(c, on_day, |c, outside| report_facts(c, outside, "rr", &report));
}

/// 30 treated in the north, 40 compared in the south, 4 treated in the south; 15 and 12 of the first two relapsed.
fn followed(database: &Database) -> Connection {
    found(database);
    let mut connection = database.connect();
    let c = &mut connection;
    let parties = [("maker", "Maker A"), ("insurer", "Insurer A"), ("hospital", "Hospital A"), ("agent", "Agent A")];
    let proposal = || Proposal {
        name: Some("rr"),
        file: "contract.yaml",
        document: DOCUMENT,
        files: &|_| Err("no file".into()),
        settings: BTreeMap::new(),
        parties: parties.map(|(role, name)| (role.to_owned(), name.to_owned())).into(),
    };
    on!(c, "2026-02-01", |c, outside| propose_contract(c, outside, proposal()));
    for (role, _) in parties {
        on!(c, "2026-02-01", |c, outside| sign_contract(c, outside, "rr", role));
    }
    on!(c, "2026-02-01", |c, outside| activate_contract(c, outside, "rr"));
    let subjects =
        [rows("n", 30, "treated", "north"), rows("s", 40, "comparator", "south"), rows("t", 4, "treated", "south")];
    enrol(c, "2026-02-10", &subjects.concat());
    relapse(c, "2026-02-20", "n", 0, 15);
    relapse(c, "2026-02-21", "s", 0, 12);
    connection
}

/// The cells of the latest release: site and arm, subjects, those with a relapse.
fn cells(items: &Value) -> Value {
    let cell = |cell: &Value| {
        json!([cell["stratum"]["site"], cell["stratum"]["arm"], cell["subjects"], cell["having"]["relapse"]])
    };
    items[0]["cells"].as_array().unwrap().iter().map(cell).collect()
}

#[test]
fn a_manufacturer_sees_figures_and_no_small_ones() {
    on_each_empty(|database| {
        let mut connection = followed(database);
        let c = &mut connection;
        let served = Served::start(database);
        let seen = served.as_party("Maker A").get("/contracts/rr/aggregates").ok(200);
        // The four are put together with the thirty: of these 34, 15 relapsed; of all 74, 27.
        assert_eq!(cells(&seen.body["items"]), json!([["south", "comparator", 40, 12], [null, null, 34, 15]]));
        assert_eq!(seen.body["items"][0]["having"]["relapse"], json!(27));
        assert_eq!(seen.body["items"][0]["least"], json!(11));
        // Nobody has a visit yet, which is no small number.
        assert_eq!(seen.body["items"][0]["having"]["visit"], json!(0));
        // What is counted hangs on the chain: the last entry before the month, and the roots of three batches.
        let history = served.as_party("Maker A").get("/contracts/rr/history").ok(200);
        let entries = history.body["items"].as_array().unwrap();
        let to = &seen.body["items"][0]["counted_to"];
        let last = entries.last().unwrap();
        assert_eq!([&to["position"], &to["hash"], &to["entry"]], [&last["position"], &last["hash"], &last["entry"]]);
        let batches = seen.body["items"][0]["batches"].as_array().unwrap();
        let kinds: Vec<_> = batches.iter().map(|batch| batch["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["subjects.enrolled", "facts.recorded", "facts.recorded"]);
        for batch in batches {
            let entry = entries.iter().find(|entry| entry["position"] == batch["position"]).unwrap();
            assert!(entry["body"].as_str().unwrap().contains(batch["root"].as_str().unwrap()), "{batch}");
        }
        // All see the same, and the same all month, whatever happens.
        relapse(c, "2026-03-01", "s", 12, 30);
        for party in ["Insurer A", "Hospital A", "Agent A", "Regulator A", "Auditor A", "Maker A"] {
            assert_eq!(served.as_party(party).get("/contracts/rr/aggregates").ok(200).text, seen.text, "{party}");
        }
        served.as_party("Operator A").get("/contracts/rr/aggregates").problem(403, "forbidden");
        served.as_party("Insurer B").get("/contracts/rr/aggregates").problem(404, "unknown-contract");
        served.as_party("Maker A").get("/contracts/rr/aggregates?arm=treated").problem(422, "bad-query");
        served.as_party("Maker A").get("/contracts/rr/aggregates?cursor=00").problem(422, "bad-cursor");
        // No row was read.
        assert_eq!(served.as_party("Auditor A").get("/contracts/rr/reads").ok(200).body["items"], json!([]));
    });
}

#[test]
fn what_changed_for_few_is_not_told() {
    on_each_empty(|database| {
        let mut connection = followed(database);
        let c = &mut connection;
        let release = |c: &mut Connection, today: &str| {
            let row = due_release(c, "rr", day(today)).unwrap()?;
            keep_release(c, &row).unwrap();
            assert_eq!(due_release(c, "rr", day(today)).unwrap(), None, "one release a month");
            Some(row)
        };
        let told = |c: &mut Connection| {
            let listed = list_aggregates(c, "rr", None, 100).unwrap();
            let latest = &listed[0];
            let cells = latest.release.cells.iter().map(|cell| (cell.subjects, cell.having.get("relapse").copied()));
            (latest.released_on.to_string(), cells.collect::<Vec<_>>())
        };
        assert_eq!(release(c, "2026-02-15"), None, "nothing was recorded before February");
        assert!(release(c, "2026-03-15").is_some());
        let first = ("2026-03-01".to_owned(), vec![(40, Some(12)), (34, Some(15))]);
        assert_eq!(told(c), first);
        // One patient more in March: April tells nothing new.
        enrol(c, "2026-03-20", &rows("u", 1, "comparator", "south"));
        release(c, "2026-04-02").unwrap();
        assert_eq!(told(c), first);
        // Twenty more in April, and three relapses: May tells the 61, and nothing of relapses.
        enrol(c, "2026-04-10", &rows("v", 20, "comparator", "south"));
        relapse(c, "2026-04-11", "s", 12, 15);
        release(c, "2026-05-02").unwrap();
        assert_eq!(told(c), ("2026-05-01".to_owned(), vec![(61, None), (34, None)]));
        // Nine more relapses in May make twelve beyond what was told: 24 of 61, while 37 have none, 9 more than the 28 before.
        relapse(c, "2026-05-11", "s", 15, 24);
        release(c, "2026-06-02").unwrap();
        assert_eq!(told(c), ("2026-06-01".to_owned(), vec![(61, None), (34, None)]));
        // Somebody is forgotten in June: July tells nothing new; no release before is changed by it.
        on!(c, "2026-06-11", |c, outside| erase_subject(
            c,
            outside,
            "rr",
            "n0",
            outcome_ledger::contract::erasure::Basis::Request
        ));
        release(c, "2026-07-02").unwrap();
        assert_eq!(told(c).0, "2026-06-01");
        let listed = list_aggregates(c, "rr", Some(day("2026-05-01")), 100).unwrap();
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].release.cells[0].subjects, 40);
    });
}
