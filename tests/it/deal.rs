//! A small deal to test with: a document, three subjects, a few facts, and the steps to a posted settlement.

use std::collections::BTreeMap;

use outcome_ledger::{
    operations::{
        self, Asked, Done, DueSettlement, Error, FactReport, FactSheet, Outside, PaymentOrder, Proposal, Sheet,
        accrue_contract, activate_contract, approve_settlement, confirm_payment, enrol_subjects, open_log,
        propose_contract, propose_settlement, register_party, report_facts, send_payment, sign_contract,
    },
    storage::Connection,
    values::{Day, Digest},
};

pub const CONTRACT: &str = "ep";

/// Refund of drug cost on progression within the window, at most 30,000 per patient; a fee for good condition.
pub const DOCUMENT: &str = "
format: 1
id: early-progression
currency: CNY
parties:
  manufacturer: { is: manufacturer }
  insurer: { is: insurer }
  patient: { is: beneficiary }
parameters:
  window: { type: duration, default: 180 days }
  most: { type: money, default: 30_000 CNY, min: 0 CNY }
term: { start: 2025-01-01, end: 2026-12-31, run_out: 90 days }
settle: quarterly
enrol: age >= 18
subject:
  is: patient
  fields: { age: number, site: text? }
facts:
  dispensing: { fields: { units: number, paid: money } }
  progression: {}
  baseline: { once: yes, fields: { ecog: number } }
measures:
  subject:
    drug_cost: sum(dispensing.paid)
    progressed_on: first(progression.on)
    progressed: progressed_on is known and progressed_on <= enrolled_on + window
clauses:
  refund:
    pays: manufacturer to patient
    per: subject
    when: progressed
    due: if progressed_on is known then progressed_on + 30 days else enrolled_on
    amount: drug_cost
    limits:
      - { per: subject, at_most: most }
  fee:
    pays: insurer to manufacturer
    per: subject
    when: baseline.ecog <= 1
    due: enrolled_on + 30 days
    amount: 100 CNY
";

pub const SUBJECTS: &str =
    "subject,enrolled_on,age,site\np1,2025-01-10,55,north\np2,2025-02-01,61,\np3,2025-03-01,70,south\n";
pub const DISPENSING: &str =
    "subject,on,units,paid\np1,2025-01-12,21,20000\np1,2025-02-12,21,20000\np2,2025-02-03,21,9800.50\n";
pub const PROGRESSION: &str = "subject,on\np1,2025-03-25\np2,2025-05-01\n";
pub const BASELINE: &str = "subject,on,ecog\np1,2025-01-10,1\np2,2025-02-01,2\n";

/// Gives time that goes on by a second for each step, and bytes that are the same in every run.
pub fn act<T>(
    connection: &mut Connection,
    work: impl FnOnce(&mut Connection, &mut Outside) -> Result<T, Error>,
) -> Result<T, Error> {
    act_on("2026-01-01", connection, work)
}

/// The same on another day.
pub fn act_on<T>(
    on: &str,
    connection: &mut Connection,
    work: impl FnOnce(&mut Connection, &mut Outside) -> Result<T, Error>,
) -> Result<T, Error> {
    thread_local!(static STEP: std::cell::Cell<u64> = const { std::cell::Cell::new(0) });
    let step = STEP.get() + 1;
    STEP.set(step);
    let mut drawn = 0_u64;
    let mut random = |bytes: &mut [u8]| {
        for chunk in bytes.chunks_mut(32) {
            drawn += 1;
            let Digest(hash) = Digest::of(&[&step.to_be_bytes(), &drawn.to_be_bytes()]);
            chunk.copy_from_slice(&hash[..chunk.len()]);
        }
        Ok(())
    };
    let mut outside = Outside::new(i64::from(day(on).0) * 86_400_000_000 + step as i64 * 1_000_000, &mut random);
    work(connection, &mut outside)
}

pub fn sheet(file: &str, text: &str) -> Sheet {
    Sheet::csv(file, text)
}

pub fn facts(kind: &str, text: &str) -> Vec<FactSheet> {
    vec![FactSheet { kind: kind.into(), sheet: sheet(&format!("{kind}.csv"), text) }]
}

pub fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

pub fn proposal(parties: &[(&str, &str)]) -> Proposal<'static> {
    Proposal {
        name: Some(CONTRACT),
        file: "contract.yaml",
        document: DOCUMENT,
        files: &|_| Err("no file".into()),
        settings: BTreeMap::new(),
        parties: parties.iter().map(|(role, name)| ((*role).to_owned(), (*name).to_owned())).collect(),
    }
}

pub fn found(c: &mut Connection) {
    act(c, |c, outside| open_log(c, outside, Some("ledger.example/one"))).unwrap();
    act(c, |c, outside| register_party(c, outside, "Maker A", "manufacturer")).unwrap();
    act(c, |c, outside| register_party(c, outside, "Insurer A", "insurer")).unwrap();
}

/// Carried out once under the key `deal`.
pub fn once<T>(
    c: &mut Connection,
    operation: &'static str,
    work: impl FnOnce(&mut Connection, &mut Outside) -> Result<T, Error>,
) -> Done<T> {
    let asked = Asked::new(operation, None, "deal", &"as the deal says").unwrap();
    act(c, |c, outside| operations::once(c, outside, &asked, work)).unwrap()
}

/// Under a key: the entries of two chains.
pub fn propose(c: &mut Connection) {
    let parties = [("manufacturer", "Maker A"), ("insurer", "Insurer A")];
    once(c, "propose_contract", |c, outside| propose_contract(c, outside, proposal(&parties)));
}

pub fn sign_and_activate(c: &mut Connection) {
    for role in ["manufacturer", "insurer"] {
        act(c, |c, outside| sign_contract(c, outside, CONTRACT, role)).unwrap();
    }
    act(c, |c, outside| activate_contract(c, outside, CONTRACT)).unwrap();
}

pub fn enrol_and_report(c: &mut Connection) {
    let subjects = sheet("subjects.csv", SUBJECTS);
    once(c, "enrol_subjects", |c, outside| enrol_subjects(c, outside, CONTRACT, &subjects));
    let kinds = [("dispensing", DISPENSING), ("progression", PROGRESSION), ("baseline", BASELINE)];
    let recorded = kinds.into_iter().flat_map(|(kind, text)| facts(kind, text)).collect();
    report(c, FactReport { recorded, ..FactReport::default() }).unwrap();
}

pub fn report(c: &mut Connection, report: FactReport) -> Result<operations::Recorded, Error> {
    act(c, |c, outside| report_facts(c, outside, CONTRACT, &report))
}

/// Puts a settlement forward and lets everybody approve it who has to.
pub fn settle(c: &mut Connection, as_of: &str) -> Result<DueSettlement, Error> {
    let due = act(c, |c, outside| propose_settlement(c, outside, CONTRACT, day(as_of)))?;
    for role in &due.approvers {
        act(c, |c, outside| approve_settlement(c, outside, CONTRACT, None, role))?;
    }
    Ok(due)
}

/// Sends a payment; returns the position by which it is called.
pub fn pay(c: &mut Connection, from: &str, to: &str, amount: &str, on: &str) -> Result<String, Error> {
    let amount = amount.parse().unwrap();
    let order = PaymentOrder { from, to, amount, reference: None, on: Some(day(on)) };
    let sent = act(c, |c, outside| send_payment(c, outside, CONTRACT, &order))?;
    Ok(sent.payment.position.to_string())
}

/// One correction and one retraction: p2 cost 100 more, p1 did not progress after all.
pub fn correct(c: &mut Connection) {
    let corrected = facts("dispensing", "subject,on,units,paid\np2,2025-02-03,21,9900.50\n");
    let retracted = facts("progression", "subject,on\np1,2025-03-25\n");
    report(c, FactReport { corrected, retracted, ..FactReport::default() }).unwrap();
}

/// From nothing to a contract in force whose subjects are enrolled and reported on.
pub fn follow_up(c: &mut Connection) {
    found(c);
    propose(c);
    sign_and_activate(c);
    enrol_and_report(c);
}

/// Everything up to the second settlement, with an accrual before it and payments after it.
pub fn complete(c: &mut Connection) {
    follow_up(c);
    settle(c, "2025-06-30").unwrap();
    correct(c);
    accrue_and_pay(c, "2025-06-30");
}

/// An accrual, a settlement, a payment that arrived and one in flight.
pub fn accrue_and_pay(c: &mut Connection, accrued_on: &str) {
    act(c, |c, outside| accrue_contract(c, outside, CONTRACT, day(accrued_on))).unwrap();
    settle(c, "2025-06-30").unwrap();
    let payment = pay(c, "insurer", "manufacturer", "60.00", "2025-07-10").unwrap();
    act(c, |c, outside| confirm_payment(c, outside, CONTRACT, &payment, Some(day("2025-07-11")))).unwrap();
    pay(c, "insurer", "manufacturer", "10.00", "2025-07-12").unwrap();
}
