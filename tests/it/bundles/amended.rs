//! A bundle of a contract that was amended: both verifiers follow its versions.

use outcome_ledger::operations::{AmendmentDraft, propose_amendment, sign_contract, withdraw_proposal};

use super::{second_verifier::says, *};

/// A deal that is settled, amended, settled again; and an amendment that was withdrawn.
fn amended() -> Vec<u8> {
    let mut archive = Vec::new();
    let kept = std::cell::RefCell::new(&mut archive);
    on_sqlite(|database| {
        storage::migrate::run(&mut database.connect()).unwrap();
        let c = &mut database.connect();
        deal::complete(c);
        let draft = |most: &str| AmendmentDraft {
            file: "contract.yaml",
            document: deal::DOCUMENT,
            files: &|_| Err("no file".into()),
            settings: [("most".to_owned(), most.to_owned())].into(),
            effective_on: deal::day("2025-07-01"),
            reason: "更低的上限",
        };
        let propose = |c: &mut Connection, most: &str| {
            deal::act(c, |c, outside| propose_amendment(c, outside, deal::CONTRACT, &draft(most))).unwrap()
        };
        propose(c, "25_000 CNY");
        deal::act(c, |c, outside| withdraw_proposal(c, outside, deal::CONTRACT, "insurer", "too much")).unwrap();
        propose(c, "9_000 CNY");
        for role in ["manufacturer", "insurer"] {
            deal::act(c, |c, outside| sign_contract(c, outside, deal::CONTRACT, role)).unwrap();
        }
        let progression = deal::facts("progression", "subject,on\np3,2025-07-20\n");
        let dispensing = deal::facts("dispensing", "subject,on,units,paid\np3,2025-03-02,1,10000\n");
        let recorded = [progression, dispensing].concat();
        deal::report(c, outcome_ledger::operations::FactReport { recorded, ..Default::default() }).unwrap();
        let due = deal::settle(c, "2025-09-30").unwrap();
        // p3's refund falls due on 19 August: 10,000, cut to 9,000 by the amendment.
        let refunds: Vec<_> = due.totals.iter().filter(|total| total.clause == "refund").collect();
        assert_eq!(refunds.iter().map(|total| total.amount.to_string()).collect::<Vec<_>>(), ["9000.00"]);
        sign(c);
        **kept.borrow_mut() = export(c, &CONTRACT);
    });
    archive
}

#[test]
fn both_verifiers_follow_versions() {
    let whole = amended();
    let checked = verified(&whole);
    assert_eq!(checked.verdict, Verdict::Valid, "{:?}", checked.findings);
    assert_eq!(checked.looked_at.settlements, 3);
    let (bundle, ..) = Bundle::read(&whole).unwrap();
    assert_eq!(bundle.write(), whole);
    type Change = fn(&mut outcome_ledger::contract::bundle::Contents);
    let cases: [(Change, &str, &str); 3] = [
        (
            |contents| contents.amendments.last_entry().unwrap().get_mut().settings = "{}".into(),
            "agreement.differs",
            "an amendment is not the one that was signed",
        ),
        (|contents| drop(contents.amendments.pop_first()), "row.missing", "KeyError"),
        (
            |contents| drop(contents.amendments.insert(99, contents.text.clone())),
            "row.extra",
            "amendments that nobody proposed",
        ),
    ];
    let changed = cases.map(|(change, code, _)| {
        let (mut bundle, ..) = Bundle::read(&whole).unwrap();
        change(bundle.contracts.values_mut().next().unwrap());
        let archive = bundle.write();
        assert_told(&verified(&archive), code, "amendment proposed at position");
        archive
    });
    let said = says(&[&[whole][..], &changed].concat(), &key(ORIGIN, 1));
    assert_eq!(said[0], "valid");
    for (said, (.., words)) in said[1..].iter().zip(cases) {
        assert!(said.starts_with("invalid") && said.contains(words), "`{words}` not in `{said}`");
    }
}
