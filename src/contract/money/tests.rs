//! Tables of what may follow on what, and postings by hand.
//!
//! - `disputes`: lines set aside, and claims
//! - `any_order`: what holds for any order of acts

use super::{
    super::payload::{
        Accrual, Approval, ClaimDecided, Decision, DisputeOpened, DisputeResolved, PaymentConfirmed, PaymentFailed,
        PaymentSent, PostedSettlement, Rejection, Reversal, Settlement, Sum,
    },
    *,
};

mod any_order;
mod disputes;
use crate::{
    ledger::{Account, AccountKind, Balances, Trial},
    values::{ChainId, Currency, Day, EntryId, PartyId},
};

const CHAIN: ChainId = ChainId::from_bytes([7; 16]);

fn party(role: &str) -> PartyId {
    PartyId::from_bytes([role.as_bytes()[0]; 16])
}

fn id(seq: i64) -> EntryId {
    EntryId::from_bytes([u8::try_from(seq).unwrap(); 16])
}

fn euro() -> Currency {
    Currency::parse("EUR").unwrap()
}

fn sum(payer: &str, payee: &str, amount_minor: i128) -> Sum {
    Sum { amount_minor: amount_minor.to_string(), payee: payee.into(), payer: payer.into() }
}

/// Books with the balances that their acts leave; each act is an entry of its own.
#[derive(Clone)]
struct Desk {
    books: Books,
    balances: Balances,
    seq: i64,
}

impl Desk {
    /// A contract of a maker, an insurer and patients.
    fn new() -> Self {
        let roles = ["maker", "insurer", "patient"].map(|role| (role.to_owned(), party(role))).into();
        let signers = ["maker", "insurer"].map(str::to_owned);
        Self { books: Books::open(roles, signers, None), balances: Balances::default(), seq: 0 }
    }

    /// Records an act that counts for a day, at the next position.
    fn on(&mut self, day: i32, act: MoneyAct) -> Result<i64, &'static str> {
        let seq = self.seq + 1;
        let at = Place { seq, entry: id(seq), on: Day(day), recorded_on: Day(day) };
        let effect = self.books.record(at, &act).map_err(|error| error.code)?;
        self.balances.post(CHAIN, &effect.postings(euro()).unwrap()).unwrap();
        self.seq = seq;
        Ok(seq)
    }

    /// Settles totals as of a day with all approvals.
    fn settle(&mut self, day: i32, totals: &[Sum]) {
        let proposal = self.on(day, propose(day, totals)).unwrap();
        for role in self.books.open_proposal().unwrap().awaited() {
            self.on(day, approve(proposal, &role)).unwrap();
        }
        self.on(day, post(proposal, day, totals)).unwrap();
    }

    fn balance(&self, role: &str, kind: AccountKind) -> i128 {
        self.balances.get(Account { chain: CHAIN, party: party(role), kind }, euro())
    }
}

fn propose(day: i32, totals: &[Sum]) -> MoneyAct {
    MoneyAct::Propose(Settlement { as_of: Day(day), by: None, count: 1, totals: totals.to_vec() })
}

fn approve(proposal: i64, role: &str) -> MoneyAct {
    MoneyAct::Approve(Approval { party: party(role), proposal: id(proposal), role: role.into() })
}

fn reject(proposal: i64, role: &str) -> MoneyAct {
    let (party, proposal, reason) = (party(role), id(proposal), "amount".into());
    MoneyAct::Reject(Rejection { party, proposal, reason, role: role.into() })
}

fn post(proposal: i64, day: i32, totals: &[Sum]) -> MoneyAct {
    let (as_of, proposal, totals) = (Day(day), id(proposal), totals.to_vec());
    MoneyAct::Post(PostedSettlement { as_of, count: 1, proposal, totals })
}

/// A settlement of one line set aside on day 5.
fn dispute(proposal: i64, role: &str, totals: &[Sum]) -> MoneyAct {
    dispute_on(5, proposal, role, &[0], totals)
}

fn dispute_on(day: i32, proposal: i64, role: &str, items: &[u32], totals: &[Sum]) -> MoneyAct {
    MoneyAct::Dispute(DisputeOpened {
        answer_by: Day(day + 30),
        evidence: None,
        items: items.to_vec(),
        party: party(role),
        proposal: id(proposal),
        reason: "facts".into(),
        role: role.into(),
        totals: totals.to_vec(),
    })
}

fn decide(dispute: i64, role: &str, decision: Decision) -> MoneyAct {
    let (party, role) = (party(role), role.into());
    MoneyAct::Decide(ClaimDecided { decision, dispute: id(dispute), evidence: None, party, role })
}

fn resolve(dispute: i64, decision: Decision) -> MoneyAct {
    MoneyAct::Resolve(DisputeResolved { decision, dispute: id(dispute) })
}

fn send(reference: &str, payer: &str, payee: &str, amount_minor: i128) -> MoneyAct {
    let Sum { amount_minor, payee, payer } = sum(payer, payee, amount_minor);
    MoneyAct::Send(PaymentSent { amount_minor, payee, payer, reference: reference.into() })
}

fn confirm(payment: i64) -> MoneyAct {
    MoneyAct::Confirm(PaymentConfirmed { payment: id(payment) })
}

fn fail(payment: i64) -> MoneyAct {
    MoneyAct::Fail(PaymentFailed { payment: id(payment), reason: "AC04".into() })
}

fn reverse(entry: i64) -> MoneyAct {
    MoneyAct::Reverse(Reversal { entry: id(entry), reason: "did-not-happen".into() })
}

fn accrue(day: i32, totals: &[Sum]) -> MoneyAct {
    MoneyAct::Accrue(Accrual { as_of: Day(day), totals: totals.to_vec() })
}

/// One letter for each act: `x` when it may happen, `-` when it may not.
fn allowed(desk: &Desk, acts: &[MoneyAct]) -> String {
    let may = |act: &MoneyAct| if desk.clone().on(10, act.clone()).is_ok() { 'x' } else { '-' };
    acts.iter().map(may).collect()
}

#[test]
fn a_settlement_is_posted_when_both_sides_have_approved_it() {
    let totals = [sum("insurer", "maker", -5), sum("maker", "patient", 100)];
    let acts = [
        propose(10, &totals),
        approve(1, "maker"),
        approve(1, "insurer"),
        approve(1, "patient"),
        reject(1, "insurer"),
        reject(1, "patient"),
        post(1, 10, &totals),
    ];
    for (done, expected) in [
        (vec![], "x------"),
        (vec![0], "-xx-x--"),
        (vec![0, 1], "--x-x--"),
        (vec![0, 1, 2], "----x-x"),
        (vec![0, 1, 4], "x------"),
        (vec![0, 1, 2, 6], "x------"),
    ] {
        let mut desk = Desk::new();
        for at in &done {
            let at: usize = *at;
            desk.on(10, acts[at].clone()).unwrap();
        }
        assert_eq!(allowed(&desk, &acts), expected, "after {done:?}");
    }
}

#[test]
fn those_approve_who_pay_or_are_paid_and_can_sign() {
    let settlement = |totals: &[Sum]| Settlement { as_of: Day(0), by: None, count: 1, totals: totals.to_vec() };
    let approvers = |totals: &[Sum]| Vec::from_iter(Desk::new().books.approvers(&settlement(totals)));
    assert_eq!(approvers(&[sum("maker", "patient", 1)]), ["maker"]);
    assert_eq!(approvers(&[sum("insurer", "maker", 0)]), ["insurer", "maker"]);
    assert_eq!(approvers(&[sum("patient", "patient", 1)]), ["insurer", "maker"], "nobody could else");
}

#[test]
fn a_payment_arrives_or_comes_back_once_and_its_steps_are_reversed_once() {
    // Positions: 1 to 4 the settlement, 5 the payment, 6 and on its steps.
    let acts = [confirm(5), fail(5), reverse(5), reverse(6), reverse(7)];
    for (done, expected) in [
        (vec![], "xxx--"),
        (vec![confirm(5)], "---x-"),
        (vec![fail(5)], "---x-"),
        (vec![confirm(5), reverse(6)], "xxx--"),
        (vec![fail(5), reverse(6)], "xxx--"),
        (vec![confirm(5), reverse(6), fail(5)], "-----"),
        (vec![reverse(5)], "-----"),
    ] {
        let mut desk = Desk::new();
        desk.settle(10, &[sum("insurer", "maker", 100)]);
        desk.on(10, send("R1", "insurer", "maker", 60)).unwrap();
        for act in &done {
            desk.on(10, act.clone()).unwrap();
        }
        assert_eq!(allowed(&desk, &acts), expected, "after {done:?}");
    }
}

#[test]
fn balances_by_hand() {
    use AccountKind::{Accrued, Cash, Payable, Receivable};
    let mut desk = Desk::new();
    let kinds = [Accrued, Payable, Receivable, Cash];
    let assert_balances = |desk: &Desk, insurer: [i128; 4], maker: [i128; 4]| {
        assert_eq!(kinds.map(|kind| desk.balance("insurer", kind)), insurer, "insurer at {}", desk.seq);
        assert_eq!(kinds.map(|kind| desk.balance("maker", kind)), maker, "maker at {}", desk.seq);
        assert!(desk.balances.trial_balance().unwrap().values().all(Trial::balances));
    };
    // Earned 100 and not yet settled; then settled, so that the accrual goes back.
    desk.on(31, accrue(31, &[sum("insurer", "maker", 100)])).unwrap();
    assert_balances(&desk, [-100, 0, 0, 0], [100, 0, 0, 0]);
    desk.settle(40, &[sum("insurer", "maker", 100)]);
    desk.on(40, accrue(40, &[sum("insurer", "maker", -100)])).unwrap();
    assert_balances(&desk, [0, -100, 0, 0], [0, 0, 100, 0]);
    // 60 leave, come back, leave again and arrive; the other 40 are in flight.
    let lost = desk.on(41, send("R1", "insurer", "maker", 60)).unwrap();
    assert_balances(&desk, [0, -40, 0, -60], [0, 0, 100, 0]);
    desk.on(42, fail(lost)).unwrap();
    assert_balances(&desk, [0, -100, 0, 0], [0, 0, 100, 0]);
    let again = desk.on(43, send("R2", "insurer", "maker", 60)).unwrap();
    let arrived = desk.on(44, confirm(again)).unwrap();
    let rest = desk.on(44, send("R3", "insurer", "maker", 40)).unwrap();
    assert_balances(&desk, [0, 0, 0, -100], [0, 0, 40, 60]);
    // A correction leaves 30 less owed: the maker pays 30 back.
    desk.settle(50, &[sum("insurer", "maker", -30)]);
    desk.on(51, confirm(rest)).unwrap();
    assert_balances(&desk, [0, 30, 0, -100], [0, 0, -30, 100]);
    let back = desk.on(52, send("R4", "insurer", "maker", -30)).unwrap();
    assert_eq!(desk.books.payment(id(back)).unwrap().sides(), ("maker", "insurer"));
    assert_balances(&desk, [0, 30, 0, -100], [0, 0, 0, 70]);
    desk.on(53, confirm(back)).unwrap();
    assert_balances(&desk, [0, 0, 0, -70], [0, 0, 0, 70]);
    assert_eq!(desk.books.unpaid().into_values().collect::<Vec<_>>(), [0]);
    // The first arrival was another contract's: it is in flight again.
    desk.on(54, reverse(arrived)).unwrap();
    assert_balances(&desk, [0, 0, 0, -70], [0, 0, 60, 10]);
}

#[test]
fn what_cannot_happen_says_why() {
    let paid = |amounts: &[i128]| {
        let mut desk = Desk::new();
        desk.settle(10, &[sum("insurer", "maker", 100)]);
        for (number, amount) in amounts.iter().enumerate() {
            desk.on(10, send(&format!("R{number}"), "insurer", "maker", *amount)).unwrap();
        }
        desk
    };
    for (amounts, day, act, code) in [
        (vec![], 10, send("X1", "insurer", "maker", 101), "overpaid"),
        (vec![60], 10, send("X1", "insurer", "maker", 41), "overpaid"),
        (vec![60, 40], 10, send("X1", "insurer", "maker", 1), "overpaid"),
        (vec![], 10, send("X1", "insurer", "maker", 0), "overpaid"),
        (vec![], 10, send("X1", "insurer", "maker", -1), "overpaid"),
        (vec![], 10, send("X1", "maker", "insurer", 1), "overpaid"),
        (vec![1], 10, send("R0", "insurer", "maker", 1), "paid-twice"),
        (vec![], 10, send("for Mr X", "insurer", "maker", 1), "bad-reference"),
        (vec![], 10, send("X1", "insurer", "nobody", 1), "unknown-role"),
        (vec![1], 9, confirm(5), "too-early"),
        (vec![1], 9, fail(5), "too-early"),
        (vec![1], 9, reverse(5), "too-early"),
        (vec![], 10, confirm(4), "no-payment"),
        (vec![], 10, reverse(4), "not-reversible"),
        (vec![], 10, reverse(99), "not-reversible"),
        (vec![], 9, propose(9, &[]), "settled-later"),
        (vec![], 11, propose(12, &[]), "two-days"),
        (vec![], 11, propose(11, &[sum("maker", "patient", 1), sum("insurer", "maker", 1)]), "totals-out-of-order"),
        (vec![], 11, propose(11, &[sum("insurer", "maker", 1), sum("insurer", "maker", 1)]), "totals-out-of-order"),
        (vec![], 11, propose(11, &[sum("insurer", "maker", i128::MAX)]), "overflow"),
        (vec![], 9, accrue(9, &[sum("insurer", "maker", 1)]), "accrued-later"),
        (vec![], 11, accrue(12, &[sum("insurer", "maker", 1)]), "two-days"),
        (vec![], 11, accrue(11, &[]), "accrues-nothing"),
        (vec![], 11, accrue(11, &[sum("insurer", "maker", 0)]), "accrues-nothing"),
        (vec![], 10, approve(1, "maker"), "proposal-over"),
        (vec![], 10, approve(2, "maker"), "no-proposal"),
    ] {
        let mut desk = paid(&amounts);
        let before = desk.books.clone();
        assert_eq!(desk.on(day, act.clone()), Err(code), "{act:?}");
        assert_eq!(desk.books, before, "{act:?}");
    }
}

#[test]
fn a_failed_payment_does_not_come_back_to_life_over_what_is_open() {
    let mut desk = Desk::new();
    desk.settle(10, &[sum("insurer", "maker", 100)]);
    let payment = desk.on(10, send("R1", "insurer", "maker", 100)).unwrap();
    let failure = desk.on(10, fail(payment)).unwrap();
    let other = desk.on(10, send("R2", "insurer", "maker", 1)).unwrap();
    assert_eq!(desk.on(10, reverse(failure)), Err("overpaid"));
    desk.on(10, reverse(other)).unwrap();
    desk.on(10, send("R1", "insurer", "maker", 1)).unwrap();
    assert_eq!(desk.on(10, reverse(failure)), Err("paid-twice"));
}

#[test]
fn approvals_are_the_partys_own_and_postings_what_was_approved() {
    let totals = [sum("insurer", "maker", 100)];
    let mut desk = Desk::new();
    let proposal = desk.on(10, propose(10, &totals)).unwrap();
    let foreign = Approval { party: party("maker"), proposal: id(proposal), role: "insurer".into() };
    assert_eq!(desk.on(10, MoneyAct::Approve(foreign)), Err("other-party"));
    assert_eq!(desk.on(10, approve(proposal, "patient")), Err("no-say"));
    assert_eq!(desk.on(10, post(proposal, 10, &totals)), Err("approval-missing"));
    for role in ["insurer", "maker"] {
        desk.on(10, approve(proposal, role)).unwrap();
        assert_eq!(desk.on(10, approve(proposal, role)), Err("approved-already"));
    }
    assert_eq!(desk.on(10, post(proposal, 10, &[sum("insurer", "maker", 101)])), Err("not-as-proposed"));
    assert_eq!(desk.on(11, post(proposal, 10, &totals)), Err("not-as-proposed"));
    assert_eq!(desk.on(10, propose(10, &totals)), Err("proposal-open"));
    desk.on(10, post(proposal, 10, &totals)).unwrap();
}
