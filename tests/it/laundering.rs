//! Forged entries about money: they fit the chain and balance, and no correct writer records them.

use outcome_ledger::{
    contract::{
        content::encode,
        identity::actor,
        payload::{
            Accrual, Approval, PaymentConfirmed, PaymentFailed, PaymentSent, PostedSettlement, Reversal, Settlement,
            Sum,
        },
    },
    ledger::{AccountKind, Draft, EntryKind, Posting, Postings},
    operations::{propose_settlement, reverse_entry, verify_log},
    storage::{self, Connection},
    values::{Currency, EntryId, PartyId},
};

use super::{
    databases::on_each,
    deal::{self, CONTRACT, act, day},
    forgery::{contract, draft, forge},
};

use AccountKind::{Accrued, Cash, Payable, Receivable};

pub fn party(c: &mut Connection, name: &str) -> PartyId {
    storage::party::find_by_name(c, name).unwrap().unwrap().party_id
}

pub fn entry_at(c: &mut Connection, position: i64) -> EntryId {
    let chain = contract(c).contract_id;
    storage::entry::page(c, chain, position - 1, 1).unwrap()[0].entry_id
}

fn posts(c: &mut Connection, currency: &str, legs: &[(&str, AccountKind, i128)]) -> Postings {
    let currency = Currency::parse(currency).unwrap();
    let mut leg = |(name, account, amount_minor): &(&str, AccountKind, i128)| Posting {
        party: party(c, name),
        account: *account,
        currency,
        amount_minor: *amount_minor,
    };
    Postings::balanced(legs.iter().map(&mut leg).collect()).unwrap()
}

fn sum(amount_minor: i128) -> Sum {
    Sum { amount_minor: amount_minor.to_string(), payee: "manufacturer".into(), payer: "insurer".into() }
}

fn sent(amount_minor: i128) -> Vec<u8> {
    let Sum { amount_minor, payee, payer } = sum(amount_minor);
    encode(&PaymentSent { amount_minor, payee, payer, reference: "F1".into() })
}

/// A draft of a party on a day, with postings in yuan.
pub fn of(
    c: &mut Connection,
    (kind, payload): (EntryKind, Vec<u8>),
    by: &str,
    on: &str,
    legs: &[(&str, AccountKind, i128)],
) -> Draft {
    let actor = if by.is_empty() { Default::default() } else { actor(&party(c, by)) };
    let postings = if legs.is_empty() { Postings::NONE } else { posts(c, "CNY", legs) };
    Draft { actor, postings, effective_on: day(on), terms: Some(contract(c).digest), ..draft(kind, payload) }
}

pub fn told(c: &mut Connection) -> Vec<String> {
    let found = verify_log(c).unwrap().findings;
    found.iter().map(|one| format!("{} {}: {}; {}", one.code, one.row, one.found, one.expected)).collect()
}

/// Forges an entry and checks that it is found out, at its place and in words.
pub fn assert_found_out(c: &mut Connection, what: &str, words: &str, draft: Draft) {
    let chain = contract(c).contract_id;
    let seq = storage::chain_head::load(c, chain).unwrap().unwrap().seq + 1;
    let (legs, id) = (draft.postings.to_vec(), EntryId::from_bytes([u8::try_from(seq).unwrap(); 16]));
    forge(c, chain, Draft { id, ..draft });
    store(c, seq, &legs);
    let told = told(c);
    let is_told = |told: &String| told.contains(&format!("position {seq}, ")) && told.contains(words);
    assert!(told.iter().any(is_told), "{what}: `{words}` at {seq} not in {told:#?}");
}

/// After the steps of [`deal::accrue_and_pay`]: 7 the accrual, 8 to 11 the settlement, 12 and 13 a payment of 60 that
/// arrived, 14 to 17 four of 10 in flight. What was forged before is not noted, or is as if it had been right.
type Forgery = (&'static str, &'static str, fn(&mut Connection) -> Draft);

const FORGERIES: [Forgery; 15] = [
    ("overpaid", "nothing is open from `insurer` to `manufacturer`", |c| {
        of(
            c,
            (EntryKind::PaymentSent, sent(1)),
            "Insurer A",
            "2025-08-01",
            &[("Insurer A", Payable, 1), ("Insurer A", Cash, -1)],
        )
    }),
    ("confirmed without sent", "sent no payment", |c| {
        let payload = encode(&PaymentConfirmed { payment: entry_at(c, 11) });
        of(
            c,
            (EntryKind::PaymentConfirmed, payload),
            "Maker A",
            "2025-08-01",
            &[("Maker A", Cash, 1), ("Maker A", Receivable, -1)],
        )
    }),
    ("confirmed twice", "the payment sent at position 12 is confirmed", |c| {
        let payload = encode(&PaymentConfirmed { payment: entry_at(c, 12) });
        of(
            c,
            (EntryKind::PaymentConfirmed, payload),
            "Maker A",
            "2025-08-01",
            &[("Maker A", Cash, 6_000), ("Maker A", Receivable, -6_000)],
        )
    }),
    ("more confirmed than sent", "100000 minor units CNY on cash", |c| {
        let payload = encode(&PaymentConfirmed { payment: entry_at(c, 14) });
        of(
            c,
            (EntryKind::PaymentConfirmed, payload),
            "Maker A",
            "2025-08-01",
            &[("Maker A", Cash, 100_000), ("Maker A", Receivable, -100_000)],
        )
    }),
    ("confirmed by the payer", "a payment.confirmed whose actor is", |c| {
        let payload = encode(&PaymentConfirmed { payment: entry_at(c, 15) });
        of(
            c,
            (EntryKind::PaymentConfirmed, payload),
            "Insurer A",
            "2025-08-01",
            &[("Maker A", Cash, 1_000), ("Maker A", Receivable, -1_000)],
        )
    }),
    ("arrived before it left", "2025-07-11 lies before the step that it follows", |c| {
        let payload = encode(&PaymentConfirmed { payment: entry_at(c, 17) });
        of(
            c,
            (EntryKind::PaymentConfirmed, payload),
            "Maker A",
            "2025-07-11",
            &[("Maker A", Cash, 1_000), ("Maker A", Receivable, -1_000)],
        )
    }),
    ("in another currency", "1000 minor units EUR on cash", |c| {
        let payload = encode(&PaymentConfirmed { payment: entry_at(c, 16) });
        let legs = [("Maker A", Cash, 1_000), ("Maker A", Receivable, -1_000)];
        let postings = posts(c, "EUR", &legs);
        Draft { postings, ..of(c, (EntryKind::PaymentConfirmed, payload), "Maker A", "2025-08-01", &[]) }
    }),
    ("failed after it arrived", "the payment sent at position 12 is confirmed", |c| {
        let payload = encode(&PaymentFailed { payment: entry_at(c, 12), reason: "AC04".into() });
        of(c, (EntryKind::PaymentFailed, payload), "Insurer A", "2025-08-01", &[])
    }),
    ("failed without naming it", "a payment.failed that corrects no entry", |c| {
        let payload = encode(&PaymentFailed { payment: entry_at(c, 17), reason: "AC04".into() });
        of(
            c,
            (EntryKind::PaymentFailed, payload),
            "Insurer A",
            "2025-08-01",
            &[("Insurer A", Payable, -1_000), ("Insurer A", Cash, 1_000)],
        )
    }),
    ("a settlement reversed", "is no step of a payment", |c| {
        let payload = encode(&Reversal { entry: entry_at(c, 11), reason: "other".into() });
        of(c, (EntryKind::PostingReversed, payload), "", "2025-08-01", &[])
    }),
    ("a reason that tells of somebody", "this is no reason known here", |c| {
        let payload = encode(&Reversal { entry: entry_at(c, 17), reason: "for p1".into() });
        of(c, (EntryKind::PostingReversed, payload), "Insurer A", "2025-08-01", &[])
    }),
    ("an approval after it is posted", "is posted already", |c| {
        let (party, proposal) = (party(c, "Insurer A"), entry_at(c, 8));
        let payload = encode(&Approval { party, proposal, role: "insurer".into() });
        of(c, (EntryKind::SettlementApproved, payload), "Insurer A", "2026-01-01", &[])
    }),
    (
        "an accrual of more than is earned",
        "777; insurer to manufacturer: -10000, manufacturer to patient: -3000000",
        |c| {
            // All is settled: what was accrued as of April, 100 and 30,000 for p1, goes back.
            let payload = encode(&Accrual { as_of: day("2025-07-31"), totals: vec![sum(777)] });
            of(
                c,
                (EntryKind::AccrualPosted, payload),
                "",
                "2025-07-31",
                &[("Insurer A", Accrued, -777), ("Maker A", Accrued, 777)],
            )
        },
    ),
    ("an accrual that posts something else", "778 minor units CNY on accrued", |c| {
        let payload = encode(&Accrual { as_of: day("2025-07-31"), totals: vec![sum(777)] });
        of(
            c,
            (EntryKind::AccrualPosted, payload),
            "",
            "2025-07-31",
            &[("Insurer A", Accrued, -778), ("Maker A", Accrued, 778)],
        )
    }),
    ("a payload in another form", "payload.unreadable", |c| {
        let payload = String::from_utf8(encode(&PaymentConfirmed { payment: entry_at(c, 17) })).unwrap();
        let payload = payload.replace(':', ": ").into_bytes();
        of(
            c,
            (EntryKind::PaymentConfirmed, payload),
            "Maker A",
            "2025-08-01",
            &[("Maker A", Cash, 1_000), ("Maker A", Receivable, -1_000)],
        )
    }),
];

#[test]
fn money_does_not_move_as_it_cannot() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::follow_up(c);
        deal::accrue_and_pay(c, "2025-04-30");
        for _ in 0..3 {
            deal::pay(c, "insurer", "manufacturer", "10.00", "2025-07-12").unwrap();
        }
        assert_eq!(told(c), [""; 0]);
        for (what, words, forged) in FORGERIES {
            let draft = forged(c);
            assert_found_out(c, what, words, draft);
        }
    });
}

/// Stores the rows of postings, so that only what the entry says is wrong.
fn store(c: &mut Connection, seq: i64, legs: &[Posting]) {
    let chain_id = contract(c).contract_id;
    let row = |(leg, posting): (i64, &Posting)| storage::PostingRow {
        chain_id,
        seq,
        leg,
        party_id: posting.party,
        account: posting.account.number().into(),
        currency: posting.currency.code().into(),
        amount_minor: posting.amount_minor,
    };
    storage::posting::insert(c, &(0..).zip(legs).map(row).collect::<Vec<_>>()).unwrap();
}

/// A settlement that waits at position 7, of 100 from the insurer, and 39,800.50 to patients.
pub fn propose(c: &mut Connection) -> (EntryId, Settlement) {
    act(c, |c, outside| propose_settlement(c, outside, CONTRACT, day("2025-06-30"))).unwrap();
    let to_patients = Sum { amount_minor: "3980050".into(), payee: "patient".into(), payer: "manufacturer".into() };
    (
        entry_at(c, 7),
        Settlement { as_of: day("2025-06-30"), by: None, count: 4, totals: vec![sum(10_000), to_patients] },
    )
}

fn approval(c: &mut Connection, proposal: EntryId, name: &str, role: &str) -> Draft {
    let payload = encode(&Approval { party: party(c, name), proposal, role: role.into() });
    of(c, (EntryKind::SettlementApproved, payload), name, "2026-01-01", &[])
}

pub fn posting(c: &mut Connection, proposal: EntryId, Settlement { as_of, count, totals, .. }: Settlement) -> Draft {
    let payload = encode(&PostedSettlement { as_of, count, proposal, totals });
    of(c, (EntryKind::SettlementPosted, payload), "", "2025-06-30", &[])
}

type Settling = (&'static str, fn(&mut Connection, EntryId, Settlement) -> Draft);

const SETTLING: [Settling; 7] = [
    ("a settlement that `insurer` has not approved", posting),
    ("as `insurer`; the party that takes the role", |c, proposal, _| approval(c, proposal, "Maker A", "insurer")),
    ("`patient` has no say", |c, proposal, _| approval(c, proposal, "Maker A", "patient")),
    ("not the one proposed at position 7", |c, proposal, mut settlement| {
        settlement.totals[0] = sum(10_001);
        posting(c, proposal, settlement)
    }),
    ("a settlement.approved whose actor is", |c, proposal, _| {
        let actor = actor(&party(c, "Maker A"));
        Draft { actor, ..approval(c, proposal, "Insurer A", "insurer") }
    }),
    ("`insurer` has approved the settlement already", |c, proposal, _| approval(c, proposal, "Insurer A", "insurer")),
    ("a settlement that `manufacturer` has not approved", posting),
];

#[test]
fn nobody_settles_alone() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::follow_up(c);
        let (proposal, settlement) = propose(c);
        assert_eq!(told(c), [""; 0], "a proposal may wait");
        for (words, forged) in SETTLING {
            let draft = forged(c, proposal, settlement.clone());
            assert_found_out(c, "", words, draft);
        }
    });
}

#[test]
fn an_entry_is_reversed_once() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::follow_up(c);
        deal::accrue_and_pay(c, "2025-04-30");
        act(c, |c, outside| reverse_entry(c, outside, CONTRACT, "13", "duplicate", None)).unwrap();
        assert_eq!(told(c), [""; 0]);
        let payload = encode(&Reversal { entry: entry_at(c, 13), reason: "duplicate".into() });
        let legs = [("Maker A", Cash, -6_000), ("Maker A", Receivable, 6_000)];
        let corrects = Some(entry_at(c, 13));
        let draft = of(c, (EntryKind::PostingReversed, payload), "Maker A", "2025-07-11", &legs);
        assert_found_out(c, "reversed twice", "is reversed already", Draft { corrects, ..draft });
    });
}
