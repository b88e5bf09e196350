//! What bundles hold, for whom, and what their check says about it.

use outcome_ledger::operations::Error;

use super::*;

#[test]
fn everything_of_a_deal_is_proven_from_the_file() {
    on_each(|database| {
        let c = &mut signed(database);
        for what in [EVERYTHING, CONTRACT] {
            let archive = export(c, &what);
            assert_eq!(export(c, &what), archive, "the same ledger gives the same bytes");
            let checked = verified(&archive);
            assert_eq!(told(&checked), []);
            assert_eq!((checked.verdict, checked.verdict.exit_code()), (Verdict::Valid, 0));
            assert_eq!(checked.origin.as_deref(), Some(ORIGIN));
            // Two parties and the patients; three subjects, seven facts and two corrections; settled twice.
            let looked = checked.looked_at;
            assert_eq!(looked.entries, storage::entry::count(c).unwrap() as u64);
            assert_eq!((looked.chains, looked.parties, looked.contracts), (2, 3, 1));
            assert_eq!((looked.subjects, looked.facts, looked.settlements), (3, 9, 2));
            let (bundle, ..) = Bundle::read(&archive).unwrap();
            assert!(bundle.write() == archive, "one form");
        }
    });
}

#[test]
fn a_closed_bundle_shows_nothing_and_says_so() {
    let archive = archive(&Export { closed: true, ..CONTRACT });
    let checked = verified(&archive);
    assert_eq!((told(&checked), checked.verdict, checked.verdict.exit_code()), (vec![], Verdict::Closed, 10));
    assert!(checked.not_checked.iter().any(|open| open.contains("Whether the 2 settlement(s) ")));
    for patient in ["p1", "north", "20000", "early"] {
        let shown = archive.windows(patient.len()).any(|bytes| bytes == patient.as_bytes());
        assert_eq!(shown, patient == "early", "{patient}: only the document is in the clear");
    }
}

#[test]
fn contents_are_opened_for_a_time_only() {
    // Everything is recorded on 2026-01-01; settlements count for the day that they settle.
    for (from, to, opened) in [
        (Some("2026-01-01"), None, ["subjects", "facts"].as_slice()),
        (None, Some("2025-12-31"), &["lines"]),
        (Some("2025-01-01"), Some("2026-12-31"), &["subjects", "facts", "lines"]),
        (Some("2027-01-01"), None, &[]),
    ] {
        let archive = archive(&Export { from: from.map(deal::day), to: to.map(deal::day), ..CONTRACT });
        let checked = verified(&archive);
        assert_eq!(told(&checked), []);
        assert_eq!(checked.verdict == Verdict::Valid, opened.len() == 3, "{from:?} to {to:?}");
        let (bundle, ..) = Bundle::read(&archive).unwrap();
        let contents = bundle.contracts.values().next().unwrap();
        let open = [
            ("subjects", contents.subjects.iter().all(|record| record.content().is_some())),
            ("facts", contents.facts.iter().all(|record| record.content().is_some())),
            ("lines", contents.lines.iter().all(|record| record.content().is_some())),
        ];
        for (name, open) in open {
            assert_eq!(open, opened.contains(&name), "{name} from {from:?} to {to:?}");
        }
    }
}

#[test]
fn what_is_not_signed_is_not_exported() {
    on_sqlite(|database| {
        storage::migrate::run(&mut database.connect()).unwrap();
        let c = &mut database.connect();
        deal::follow_up(c);
        let refused = export_bundle(c, &CONTRACT).unwrap_err();
        assert!(matches!(&refused, Error::Refused(refusal) if refusal.code == "no-checkpoint"), "{refused}");
        sign(c);
        deal::settle(c, "2025-06-30").unwrap();
        let exported = export_bundle(c, &CONTRACT).unwrap();
        let unsigned = storage::entry::count(c).unwrap() as u64 - exported.size;
        assert!(unsigned > 0 && exported.not_signed == unsigned, "{exported:?}");
        let checked = verified(&exported.archive);
        assert_eq!((told(&checked), checked.looked_at.settlements, checked.looked_at.lines), (vec![], 0, 0));
        let refused = export_bundle(c, &Export { since: &[exported.size + 1], ..CONTRACT }).unwrap_err();
        assert!(matches!(&refused, Error::Refused(refusal) if refusal.code == "no-proof"), "{refused}");
    });
}
