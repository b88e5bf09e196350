//! A contract in force is amended: what belongs to which version, computed by hand, and what may not change.

use std::collections::BTreeMap;

use outcome_ledger::{
    operations::{
        AmendmentDraft, Error, FactReport, NewSignature, Outside, Proposal, activate_contract, approve_settlement,
        compare_amendment, enrol_subjects, open_log, propose_amendment, propose_contract, propose_settlement,
        register_party, report_facts, show_versions, sign_contract, verify_log, withdraw_proposal,
    },
    storage::Connection,
    terms::explain::Question,
};

use super::{
    databases::on_each,
    deal::{act, day, facts, sheet},
};

pub mod verified;

pub const NAME: &str = "service";
pub const ROLES: [(&str, &str); 2] = [("hospital", "Hospital H"), ("insurer", "Insurer I")];

/// The insurer pays the hospital what visits of a quarter cost, and gets something back for a patient who relapses.
pub const DOCUMENT: &str = "
format: 1
id: service
title: service
currency: EUR
parties: { insurer: { is: insurer }, hospital: { is: provider } }
parameters:
  rate: { type: number, default: 100%, min: 0%, max: 100% }
  back: { type: money, default: 500 EUR, min: 0 EUR }
term: { start: 2025-01-01, end: 2025-12-31 }
settle: quarterly
subject: { is: patient, fields: { site: text } }
facts:
  visit: { fields: { cost: money } }
  relapse: {}
measures:
  subject: { in_quarter: sum(visit.cost in period), relapsed_on: first(relapse.on) }
clauses:
  service:
    pays: insurer to hospital
    each: quarter
    amount: sum(subjects.in_quarter) * rate
  refund:
    pays: hospital to insurer
    per: subject
    when: relapsed_on is known
    due: if relapsed_on is known then relapsed_on + 30 days else enrolled_on
    amount: back
";

pub fn no_files(_: &str) -> Result<String, String> {
    Err("no file".into())
}

pub fn draft<'d>(document: &'d str, settings: &[(&str, &str)], from: &str) -> AmendmentDraft<'d> {
    AmendmentDraft {
        file: "service-2.yaml",
        document,
        files: &no_files,
        settings: settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        effective_on: day(from),
        reason: "new price list",
    }
}

/// A rate of 90 % and 300 EUR back.
pub const CHEAPER: [(&str, &str); 2] = [("rate", "90%"), ("back", "300 EUR")];

pub fn found(c: &mut Connection) {
    act(c, |c, outside| open_log(c, outside, Some("ledger.example/one"))).unwrap();
    act(c, |c, outside| register_party(c, outside, "Hospital H", "hospital")).unwrap();
    act(c, |c, outside| register_party(c, outside, "Insurer I", "insurer")).unwrap();
}

pub fn propose(c: &mut Connection, name: &str) {
    let proposal = Proposal {
        name: Some(name),
        file: "service.yaml",
        document: DOCUMENT,
        files: &no_files,
        settings: BTreeMap::new(),
        parties: ROLES.iter().map(|(role, party)| ((*role).to_owned(), (*party).to_owned())).collect(),
    };
    act(c, |c, outside| propose_contract(c, outside, proposal)).unwrap();
}

pub fn sign(c: &mut Connection, name: &str) {
    for (role, _) in ROLES {
        act(c, |c, outside| sign_contract(c, outside, name, role)).unwrap();
    }
}

/// Up to a contract with two patients, of whom one relapses before July and one before July with its refund due after it.
pub fn in_force(c: &mut Connection) {
    found(c);
    propose(c, NAME);
    sign(c, NAME);
    act(c, |c, outside| activate_contract(c, outside, NAME)).unwrap();
    let subjects = sheet("subjects.csv", "subject,enrolled_on,site\np1,2025-01-02,a\np2,2025-01-03,a\n");
    act(c, |c, outside| enrol_subjects(c, outside, NAME, &subjects)).unwrap();
    record(c, "visit", "subject,on,cost\np1,2025-02-01,100\np2,2025-05-01,200\n").unwrap();
    record(c, "relapse", "subject,on\np1,2025-05-20\np2,2025-06-15\n").unwrap();
}

pub fn record(c: &mut Connection, kind: &str, rows: &str) -> Result<(), Error> {
    let report = FactReport { recorded: facts(kind, rows), ..FactReport::default() };
    act(c, |c, outside| report_facts(c, outside, NAME, &report)).map(drop)
}

pub fn amend(c: &mut Connection, draft: &AmendmentDraft) -> Result<String, Error> {
    act(c, |c, outside| propose_amendment(c, outside, NAME, draft)).map(|proposed| proposed.digest)
}

/// Settles, and gives the totals by clause.
pub fn settle(c: &mut Connection, as_of: &str) -> Vec<String> {
    let due = act(c, |c, outside| propose_settlement(c, outside, NAME, day(as_of))).unwrap();
    for role in &due.approvers {
        act(c, |c, outside| approve_settlement(c, outside, NAME, None, role)).unwrap();
    }
    due.totals.iter().map(|total| format!("{} {}", total.clause, total.amount)).collect()
}

pub fn code<T: std::fmt::Debug>(answer: Result<T, Error>) -> &'static str {
    match answer.unwrap_err() {
        Error::Refused(refusal) => refusal.code,
        other => panic!("{other}"),
    }
}

fn assert_valid(c: &mut Connection) {
    let findings = verify_log(c).unwrap().findings;
    assert!(findings.is_empty(), "{}", findings[0]);
}

/// By hand. First version: 100 % of visits, 500 back. From July on: 90 %, 300 back.
///
/// 30 June: Q1 100, Q2 200; p1's refund fell due on 19 June: 500. 30 September: a visit in June was late, 50 at 100 %; Q3
/// 1,000 at 90 %; p2's refund fell due on 15 July: 300. 31 December: a visit in February cost 20 more, at 100 %.
#[test]
fn each_version_settles_its_own_time() {
    on_each(|database| {
        let c = &mut database.connect();
        in_force(c);
        assert_eq!(settle(c, "2025-06-30"), ["service 300.00", "refund 500.00"]);
        amend(c, &draft(DOCUMENT, &CHEAPER, "2025-07-01")).unwrap();
        sign(c, NAME);
        record(c, "visit", "subject,on,cost\np1,2025-06-28,50\np2,2025-08-01,1000\n").unwrap();
        assert_eq!(settle(c, "2025-09-30"), ["service 950.00", "refund 300.00"]);
        let corrected = facts("visit", "subject,on,cost\np1,2025-02-01,120\n");
        let report = FactReport { corrected, ..FactReport::default() };
        act(c, |c, outside| report_facts(c, outside, NAME, &report)).unwrap();
        assert_eq!(settle(c, "2025-12-31"), ["service 20.00"]);
        assert_valid(c);
        let explained = |c: &mut Connection, subject: &str| {
            let question = Question { clause: "refund", subject: Some(subject), ..Question::default() };
            outcome_ledger::operations::explain_line(c, NAME, day("2025-12-31"), &question).unwrap().to_string()
        };
        let told = [explained(c, "p1"), explained(c, "p2")];
        assert!(told[0].contains("500") && told[1].contains("300"), "{told:?}");
    });
}

#[test]
fn a_period_that_has_begun_is_left_to_the_version_before() {
    on_each(|database| {
        let c = &mut database.connect();
        in_force(c);
        amend(c, &draft(DOCUMENT, &CHEAPER, "2025-08-15")).unwrap();
        sign(c, NAME);
        record(c, "visit", "subject,on,cost\np2,2025-09-01,1000\np2,2025-10-01,10\n").unwrap();
        // Q1 100, Q2 200, Q3 1,000 by the first, Q4 9 by the second; both refunds fell due before.
        assert_eq!(settle(c, "2025-12-31"), ["service 1309.00", "refund 1000.00"]);
        assert_valid(c);
    });
}

#[test]
fn versions_are_shown_with_what_they_change_in_words_and_in_money() {
    on_each(|database| {
        let c = &mut database.connect();
        in_force(c);
        let digest = amend(c, &draft(DOCUMENT, &CHEAPER, "2025-07-01")).unwrap();
        let compared = compare_amendment(c, NAME, day("2025-12-31")).unwrap();
        let changed: Vec<_> = compared.differences.iter().map(|difference| difference.about.as_str()).collect();
        assert_eq!(changed, ["parameter rate", "parameter back"]);
        let money: Vec<_> = compared
            .money
            .iter()
            .map(|money| format!("{} {} {} {}", money.clause, money.before, money.after, money.difference))
            .collect();
        // p2's refund falls due in July; all visits so far were before.
        assert_eq!(money, ["refund 1000.00 800.00 -200.00", "service 300.00 300.00 0.00"]);
        assert_eq!(code(compare_amendment(c, "nothing", day("2025-12-31"))), "unknown-contract");
        sign(c, NAME);
        assert_eq!(code(compare_amendment(c, NAME, day("2025-12-31"))), "no-amendment");
        let versions = show_versions(c, NAME).unwrap();
        let shown: Vec<_> = versions.iter().map(|version| (version.state, version.signed.len())).collect();
        assert_eq!(shown, [("in force", 2), ("agreed", 2)]);
        assert_eq!((versions[1].digest.as_str(), versions[1].differences.len()), (digest.as_str(), 2));
        assert_eq!(versions[1].replaces.as_ref(), Some(&versions[0].digest));
    });
}

#[test]
fn an_amendment_waits_for_everybody_and_for_what_was_meant() {
    on_each(|database| {
        let c = &mut database.connect();
        in_force(c);
        let sign = |c: &mut Connection, role: &str, digest: Option<&str>| {
            act(c, |c, outside| sign_contract(c, outside, NAME, NewSignature { role, digest }))
        };
        assert_eq!(code(sign(c, "insurer", None)), "signed-already", "nothing waits");
        let digest = amend(c, &draft(DOCUMENT, &CHEAPER, "2025-07-01")).unwrap();
        assert_eq!(code(amend(c, &draft(DOCUMENT, &[("rate", "80%")], "2025-07-01"))), "amendment-open");
        let first = show_versions(c, NAME).unwrap()[0].digest.clone();
        assert_eq!(code(sign(c, "insurer", Some(&first))), "other-digest");
        let signed = sign(c, "insurer", Some(&digest)).unwrap();
        assert!(signed.amendment && signed.amended.is_none() && signed.awaited == ["hospital"], "{signed:?}");
        assert_eq!(code(sign(c, "insurer", None)), "signed-already");
        assert_eq!(code(sign(c, "nobody", None)), "unknown-role");
        // Until all have signed, the first version settles everything.
        record(c, "visit", "subject,on,cost\np2,2025-08-01,1000\n").unwrap();
        assert_eq!(settle(c, "2025-06-30"), ["service 300.00", "refund 500.00"]);
        let hospital = sign(c, "hospital", None).unwrap();
        assert!(hospital.amended.is_some() && hospital.awaited.is_empty());
        assert_eq!(settle(c, "2025-09-30"), ["service 900.00", "refund 300.00"]);
        assert_valid(c);
    });
}

#[test]
fn a_settled_day_and_a_day_of_the_version_before_are_refused() {
    on_each(|database| {
        let c = &mut database.connect();
        in_force(c);
        let from = |from: &'static str| draft(DOCUMENT, &CHEAPER, from);
        settle(c, "2025-03-31");
        assert_eq!(code(amend(c, &from("2025-03-31"))), "day-settled");
        amend(c, &from("2025-04-01")).unwrap();
        act(c, |c, outside| sign_contract(c, outside, NAME, "insurer")).unwrap();
        // Settled between proposal and last signature: the amendment cannot be completed any more, only withdrawn.
        settle(c, "2025-06-30");
        assert_eq!(code(act(c, |c, outside| sign_contract(c, outside, NAME, "hospital"))), "day-settled");
        let withdraw = |c: &mut Connection, role: &str, reason: &str| {
            act(c, |c, outside| withdraw_proposal(c, outside, NAME, role, reason))
        };
        assert_eq!(code(withdraw(c, "insurer", "")), "bad-reason");
        assert_eq!(code(withdraw(c, "insurer", "because of p1, who relapsed")), "reason-names-subject");
        assert_eq!(code(withdraw(c, "nobody", "too late")), "unknown-role");
        assert!(withdraw(c, "insurer", "settled meanwhile").unwrap().amendment);
        assert_eq!(code(withdraw(c, "insurer", "again")), "no-amendment");
        amend(c, &from("2025-07-01")).unwrap();
        sign(c, NAME);
        let again = draft(DOCUMENT, &[("rate", "80%")], "2025-07-01");
        assert_eq!(code(amend(c, &again)), "day-before-version");
        amend(c, &draft(DOCUMENT, &[("rate", "80%")], "2025-10-01")).unwrap();
        sign(c, NAME);
        record(c, "visit", "subject,on,cost\np2,2025-08-01,1000\np2,2025-11-01,1000\n").unwrap();
        // Q3 at 90 %, Q4 at 80 %; the refund of p2 is 300 by the second version, and the third has put 500 back.
        assert_eq!(settle(c, "2025-12-31"), ["service 1700.00", "refund 300.00"]);
        assert_valid(c);
        let states: Vec<_> = show_versions(c, NAME).unwrap().iter().map(|version| version.state).collect();
        assert_eq!(states, ["in force", "withdrawn", "agreed", "agreed"]);
    });
}

#[test]
fn what_has_to_stay_is_named_all_at_once() {
    on_each(|database| {
        let c = &mut database.connect();
        in_force(c);
        for (from, to, words) in [
            ("id: service", "id: other", "the id is `other`, and stays `service`"),
            ("EUR", "CHF", "the currency is CHF, and stays EUR"),
            ("is: provider", "is: payer", "who takes part is hospital (payer), insurer (insurer)"),
            ("start: 2025-01-01", "start: 2025-02-01", "the first day of the term is 2025-02-01"),
            ("end: 2025-12-31", "end: 2025-06-30", "2025-07-01 lies outside the term"),
            ("fields: { site: text } ", "fields: { site: text? } ", "the subject has changed the field `site`"),
            (
                "cost: money }",
                "cost: money, by: text }",
                "has the new field `by`, which has to be optional: `by: text?`",
            ),
            ("  relapse: {}", "  relapse: { once: yes }", "the fact `relapse` is about something else"),
            (
                "each: quarter",
                "each: year",
                "2025-07-01 lies in the period 2025-07-01 to 2025-09-30 of clause `service`",
            ),
        ] {
            let document = DOCUMENT.replace(from, to);
            let error = amend(c, &draft(&document, &[], "2025-07-01")).unwrap_err();
            match &error {
                Error::Refused(refusal) if refusal.code == "cannot-change" => {
                    assert!(refusal.message.contains(words), "{words}: {}", refusal.message);
                }
                // Some changes make other parts of the document wrong.
                other => panic!("{words}: {other}"),
            }
        }
        let both = DOCUMENT.replace("id: service", "id: other").replace("start: 2025-01-01", "start: 2025-02-01");
        let error = amend(c, &draft(&both, &[], "2025-07-01")).unwrap_err().to_string();
        assert!(error.contains("the id is") && error.contains("the first day of the term is"), "{error}");
        assert_eq!(code(amend(c, &draft(DOCUMENT, &[], "2025-07-01"))), "nothing-changes");
        let broken = DOCUMENT.replace("amount: back", "amount: bak");
        assert!(matches!(amend(c, &draft(&broken, &[], "2025-07-01")), Err(Error::Document(_))));
        let unreasonable = AmendmentDraft { reason: "two\nlines", ..draft(DOCUMENT, &CHEAPER, "2025-07-01") };
        assert_eq!(code(amend(c, &unreasonable)), "bad-reason");
        assert_eq!(show_versions(c, NAME).unwrap().len(), 1, "a refused amendment was recorded");
    });
}

/// A new kind of fact, a new optional field and a new clause; the first version settles its time without them.
#[test]
fn new_facts_fields_and_clauses_are_taken_in() {
    on_each(|database| {
        let c = &mut database.connect();
        in_force(c);
        let document = DOCUMENT
            .replace("cost: money }", "cost: money, by: text? }")
            .replace("  relapse: {}", "  relapse: {}\n  fall: {}")
            .replace(
                "  refund:\n",
                "  safety:\n    pays: hospital to insurer\n    each: quarter\n    amount: if exists(fall in period) then 70 EUR else 0 EUR\n    per: subject\n  refund:\n",
            );
        assert!(record(c, "fall", "subject,on\np1,2025-08-01\n").is_err(), "unknown until it is agreed");
        amend(c, &draft(&document, &[], "2025-07-01")).unwrap();
        assert!(record(c, "fall", "subject,on\np1,2025-08-01\n").is_err(), "unknown until it is agreed");
        sign(c, NAME);
        record(c, "fall", "subject,on\np1,2025-05-01\np1,2025-08-01\n").unwrap();
        record(c, "visit", "subject,on,cost,by\np2,2025-06-30,7,a nurse\n").unwrap();
        // The fall in May belongs to a quarter of the first version, which knows no falls.
        let mut settled = settle(c, "2025-12-31");
        settled.sort_unstable();
        assert_eq!(settled, ["refund 1000.00", "safety 70.00", "service 307.00"]);
        assert_valid(c);
    });
}

#[test]
fn a_proposal_that_nobody_wants_is_withdrawn() {
    on_each(|database| {
        let c = &mut database.connect();
        found(c);
        propose(c, NAME);
        let withdraw = |c: &mut Connection| {
            act(c, |c: &mut Connection, outside: &mut Outside| {
                withdraw_proposal(c, outside, NAME, "hospital", "no agreement")
            })
        };
        act(c, |c, outside| sign_contract(c, outside, NAME, "insurer")).unwrap();
        assert!(!withdraw(c).unwrap().amendment);
        assert_eq!(code(withdraw(c)), "not-allowed-now");
        assert_eq!(code(act(c, |c, outside| sign_contract(c, outside, NAME, "hospital"))), "not-allowed-now");
        assert_eq!(code(act(c, |c, outside| activate_contract(c, outside, NAME))), "not-allowed-now");
        assert_valid(c);
    });
}
