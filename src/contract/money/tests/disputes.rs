//! Lines set aside, what becomes of them, and claims with what payments leave open of them; by hand.

use super::{super::claims::ClaimStage::*, *};
use Decision::{Accepted, Refused};

/// Two lines: 60 and 40 from the maker to the insurer, put forward on day 10 at position 1.
fn put_forward(mut desk: Desk) -> Desk {
    let totals = vec![sum("maker", "insurer", 100)];
    desk.on(10, MoneyAct::Propose(Settlement { as_of: Day(10), by: None, count: 2, totals })).unwrap();
    desk
}

fn with_referee() -> Desk {
    let roles = ["maker", "insurer", "patient", "referee"].map(|role| (role.to_owned(), party(role))).into();
    let signers = ["maker", "insurer", "referee"].map(str::to_owned);
    let books = Books::open(roles, signers, None).with_arbiters(["referee".to_owned()]);
    Desk { books, balances: Balances::default(), seq: 0 }
}

fn second(day: i32, role: &str) -> MoneyAct {
    dispute_on(day, 1, role, &[1], &[sum("maker", "insurer", 40)])
}

fn rest(count: u32, amount: i128) -> MoneyAct {
    let totals = vec![sum("maker", "insurer", amount)];
    MoneyAct::Post(PostedSettlement { as_of: Day(10), count, proposal: id(1), totals })
}

fn done(desk: &mut Desk, acts: &[MoneyAct]) {
    for act in acts {
        desk.on(10, act.clone()).unwrap_or_else(|code| panic!("{code}: {act:?}"));
    }
}

#[test]
fn the_rest_is_approved_anew_and_posted() {
    let mut desk = put_forward(Desk::new());
    done(&mut desk, &[approve(1, "maker"), second(10, "insurer")]);
    assert!(desk.books.open_proposal().unwrap().approved.is_empty(), "the maker approved 100, not 60");
    done(&mut desk, &[approve(1, "maker"), approve(1, "insurer")]);
    assert_eq!(desk.on(10, rest(2, 100)), Err("not-as-proposed"));
    done(&mut desk, &[rest(1, 60)]);
    assert_eq!(desk.balance("insurer", AccountKind::Receivable), 60);
    assert_eq!(desk.on(10, second(10, "maker")), Err("proposal-over"));
    // The insurer opened it, so it said refused; the maker and then the insurer accept.
    assert_eq!(desk.on(11, resolve(3, Refused)), Err("not-agreed"));
    done(&mut desk, &[decide(3, "maker", Accepted)]);
    assert_eq!(desk.on(11, resolve(3, Accepted)), Err("not-agreed"));
    assert_eq!(desk.on(11, decide(3, "maker", Accepted)), Err("decided-already"));
    done(&mut desk, &[decide(3, "insurer", Accepted)]);
    assert_eq!(desk.on(9, resolve(3, Accepted)), Err("too-early"));
    let resolved = desk.on(12, resolve(3, Accepted)).unwrap();
    assert_eq!(desk.balance("insurer", AccountKind::Receivable), 100);
    assert_eq!(desk.books.posted_line(1, 0), Some((6, Day(10))));
    assert_eq!(desk.books.posted_line(1, 1), Some((resolved, Day(12))));
    assert_eq!(desk.on(12, decide(3, "maker", Refused)), Err("dispute-over"));
    assert_eq!(desk.books.straight_through(), (1, 0));
}

#[test]
fn what_both_refuse_is_dropped_and_a_rejection_takes_disputes_with_it() {
    let mut desk = put_forward(Desk::new());
    done(&mut desk, &[second(10, "maker"), decide(2, "insurer", Refused), resolve(2, Refused)]);
    assert!(desk.balances.trial_balance().unwrap().is_empty());
    assert_eq!(desk.on(10, second(10, "maker")), Err("disputed-already"));
    done(&mut desk, &[dispute_on(10, 1, "maker", &[0], &[sum("maker", "insurer", 60)]), reject(1, "insurer")]);
    let stages: Vec<_> = desk.books.disputes().iter().map(|dispute| dispute.stage()).collect();
    assert_eq!(stages, ["refused", "lapsed"]);
    assert_eq!(desk.on(10, decide(5, "insurer", Accepted)), Err("dispute-over"));
    assert!(desk.books.claims().is_empty());
}

#[test]
fn an_arbiter_decides_alone_and_takes_no_side() {
    let mut desk = put_forward(with_referee());
    assert_eq!(desk.on(10, second(10, "referee")), Err("no-say"));
    done(&mut desk, &[second(10, "maker"), decide(2, "insurer", Accepted)]);
    assert_eq!(desk.on(10, resolve(2, Accepted)), Err("not-agreed"));
    done(&mut desk, &[decide(2, "referee", Accepted), resolve(2, Accepted)]);
    assert_eq!(desk.balance("insurer", AccountKind::Receivable), 40);
    // Where all who approve are one party, all who signed decide, but not the arbiter.
    let mut desk = with_referee();
    let totals = [sum("maker", "patient", 7)];
    let proposal = desk.on(10, propose(10, &totals)).unwrap();
    done(&mut desk, &[dispute_on(10, proposal, "maker", &[0], &totals)]);
    assert_eq!(desk.books.disputes()[0].awaited(), ["insurer"]);
}

#[test]
fn what_cannot_be_disputed_says_why() {
    let forty = [sum("maker", "insurer", 40)];
    let other = |change: fn(&mut DisputeOpened)| match second(10, "maker") {
        MoneyAct::Dispute(mut opened) => {
            change(&mut opened);
            MoneyAct::Dispute(opened)
        }
        act => act,
    };
    for (act, code) in [
        (dispute_on(10, 1, "maker", &[], &forty), "no-line"),
        (dispute_on(10, 1, "maker", &[2], &forty), "no-line"),
        (dispute_on(10, 1, "maker", &[1, 1], &forty), "no-line"),
        (dispute_on(10, 1, "maker", &[1, 0], &forty), "no-line"),
        (dispute_on(10, 1, "patient", &[1], &forty), "no-say"),
        (dispute_on(10, 2, "maker", &[1], &forty), "no-proposal"),
        (dispute_on(10, 1, "maker", &[1], &[sum("insurer", "maker", 40)]), "other-pair"),
        (dispute_on(9, 1, "maker", &[1], &forty), "other-clock"),
        (other(|opened| opened.party = party("insurer")), "other-party"),
        (other(|opened| opened.reason = "p1 is well".into()), "unknown-reason"),
        (other(|opened| opened.evidence = Some("AB".repeat(32))), "bad-evidence"),
        (other(|opened| opened.evidence = Some("ab".repeat(31))), "bad-evidence"),
        (decide(1, "maker", Accepted), "no-dispute"),
    ] {
        let mut desk = put_forward(Desk::new());
        let before = desk.books.clone();
        assert_eq!(desk.on(10, act.clone()), Err(code), "{act:?}");
        assert_eq!(desk.books, before, "{act:?}");
    }
}

#[test]
fn who_puts_it_forward_is_not_the_only_one_who_approves() {
    let by = |role: &str, totals: &[Sum]| {
        MoneyAct::Propose(Settlement { as_of: Day(10), by: Some(party(role)), count: 1, totals: totals.to_vec() })
    };
    let to_patients = [sum("maker", "patient", 7)];
    assert_eq!(Desk::new().on(10, by("maker", &to_patients)), Err("four-eyes"));
    assert_eq!(Desk::new().on(10, by("insurer", &to_patients)), Ok(1));
    assert_eq!(Desk::new().on(10, by("maker", &[sum("maker", "insurer", 7)])), Ok(1));
}

#[test]
fn payments_cover_the_oldest_claims_first() {
    let told = |desk: &Desk| -> Vec<_> {
        let claims = desk.books.claims();
        claims.iter().map(|claim| (claim.amount_minor, claim.open_minor, claim.stage)).collect()
    };
    let mut desk = Desk::new();
    desk.settle(10, &[sum("maker", "insurer", 100)]);
    desk.settle(20, &[sum("maker", "insurer", 50)]);
    assert_eq!(told(&desk), [(100, 100, Unpaid), (50, 50, Unpaid)]);
    let payment = desk.on(20, send("R1", "maker", "insurer", 120)).unwrap();
    assert_eq!(told(&desk), [(100, 0, InFlight), (50, 30, Unpaid)]);
    desk.on(20, confirm(payment)).unwrap();
    let failing = desk.on(20, send("R2", "maker", "insurer", 30)).unwrap();
    assert_eq!(told(&desk), [(100, 0, Paid), (50, 0, InFlight)]);
    desk.on(20, fail(failing)).unwrap();
    assert_eq!(told(&desk), [(100, 0, Paid), (50, 30, Failed)]);
    // A correction of 45 takes the 30 that are open, and 15 have to be paid back.
    desk.settle(30, &[sum("maker", "insurer", -45)]);
    assert_eq!(told(&desk), [(100, 0, Paid), (50, 0, Paid), (-45, -15, Failed)]);
    let claims = desk.books.claims();
    assert_eq!((claims[2].awaited.as_slice(), claims[2].since), (&["insurer".to_owned()][..], Day(30)));
    desk.on(30, propose(30, &[sum("maker", "insurer", 5)])).unwrap();
    let waiting = desk.books.claims().remove(0);
    assert_eq!((waiting.stage, waiting.awaited), (Proposed, vec!["insurer".to_owned(), "maker".to_owned()]));
}
