//! Forged entries about disputes: they fit the chain, and no correct writer records them.

use outcome_ledger::{
    contract::{
        content::encode,
        payload::{ClaimDecided, Decision, DisputeOpened, DisputeResolved, Settlement, Sum},
    },
    ledger::{Draft, EntryKind},
    storage::Connection,
};

use super::{
    databases::on_each,
    deal::{self, day},
    laundering::{assert_found_out, entry_at, of, party, posting, propose, told},
};

/// A dispute of the manufacturer about lines of the settlement at position 7, on the first day of 2026.
fn dispute(c: &mut Connection, items: &[u32], amount_minor: i128, answer_by: &str) -> Draft {
    let (payee, payer) = ("patient".into(), "manufacturer".into());
    let opened = DisputeOpened {
        answer_by: day(answer_by),
        evidence: None,
        items: items.to_vec(),
        party: party(c, "Maker A"),
        proposal: entry_at(c, 7),
        reason: "facts".into(),
        role: "manufacturer".into(),
        totals: vec![Sum { amount_minor: amount_minor.to_string(), payee, payer }],
    };
    of(c, (EntryKind::DisputeOpened, encode(&opened)), "Maker A", "2026-01-01", &[])
}

fn decided(c: &mut Connection, dispute: i64, role: &str) -> Draft {
    let (decision, evidence) = (Decision::Accepted, None);
    let party = party(c, "Insurer A");
    let claim = ClaimDecided { decision, dispute: entry_at(c, dispute), evidence, party, role: role.into() };
    of(c, (EntryKind::ClaimDecided, encode(&claim)), "Insurer A", "2026-01-01", &[])
}

type Forgery = (&'static str, fn(&mut Connection, Settlement) -> Draft);

/// The lines are 40,000 for p1, 10,000 less by the limit, 9,800.50 for p2, and the fee.
const FORGERIES: [Forgery; 8] = [
    ("to be answered by 2026-02-01", |c, _| dispute(c, &[0, 1], 3_000_000, "2026-02-01")),
    ("the settlement has no such lines", |c, _| dispute(c, &[4], 1, "2026-01-31")),
    ("line 0 is left out", |c, _| dispute(c, &[1], -1_000_000, "2026-01-31")),
    ("manufacturer to patient: 980050", |c, _| dispute(c, &[2], 980_051, "2026-01-31")),
    ("not the one proposed at position 7", |c, settlement| {
        let proposal = entry_at(c, 7);
        posting(c, proposal, settlement)
    }),
    ("`patient` has no say in this dispute", |c, _| decided(c, 10, "patient")),
    ("as `manufacturer`; the party that takes the role", |c, _| decided(c, 10, "manufacturer")),
    ("which was not agreed", |c, _| {
        let resolved = DisputeResolved { decision: Decision::Accepted, dispute: entry_at(c, 10) };
        of(c, (EntryKind::DisputeResolved, encode(&resolved)), "", "2026-01-01", &[])
    }),
];

#[test]
fn forged_disputes_are_found_out() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::follow_up(c);
        let (_, settlement) = propose(c);
        assert_eq!(told(c), [""; 0], "a proposal may wait");
        for (words, forged) in FORGERIES {
            let draft = forged(c, settlement.clone());
            assert_found_out(c, words, words, draft);
        }
    });
}
