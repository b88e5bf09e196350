//! Receipts of requests, compared with the entries that were written under their keys.

use std::collections::BTreeMap;

use crate::{
    contract::audit::{Code, Finding, Findings, History},
    ledger::{Entry, Request, chain::chain_hash, merkle::leaf_hash},
    operations::Receipt,
    storage::ReceiptRow,
    values::{ChainId, Digest},
};

/// Compares all receipts with the journal: each with the entries it names, and every entry under a key with its receipt.
pub fn check(history: &History, rows: &[ReceiptRow], list: &mut Vec<Finding>) {
    let mut findings = Findings { list, table: "receipt", contract: None };
    let mut open: BTreeMap<(ChainId, i64), Request> = BTreeMap::new();
    for (chain, entries) in history {
        for (seq, entry) in entries {
            open.extend(Request::in_entry(entry).map(|request| ((*chain, *seq), request)));
        }
    }
    for row in rows {
        let place = described(row.chain_id, row.seq);
        match open.get(&(row.chain_id, row.seq)).filter(|request| request.key == row.idempotency) {
            None => {
                let expected = "an entry that was written under this key";
                findings.add(Code::RowExtra, place, format!("key digest {}", row.idempotency), expected);
            }
            Some(request) => {
                findings.compare(&place, "request", row.request, request.content);
                answer(history, row, &place, &mut findings);
                open.remove(&(row.chain_id, row.seq));
            }
        }
    }
    for ((chain, seq), request) in open {
        let expected = format!("a receipt with the key digest {}", request.key);
        findings.add(Code::RowMissing, described(chain, seq), "no row", expected);
    }
}

fn described(chain: ChainId, seq: i64) -> String {
    format!("receipt of position {seq} of chain {chain}")
}

/// Compares what was answered with the entries: the first one is that of the row, and all of them exist.
fn answer(history: &History, row: &ReceiptRow, place: &str, findings: &mut Findings) {
    let Ok(answer) = serde_json::from_str::<Vec<Receipt>>(&row.answer) else {
        return findings.add(Code::ColumnDiffers, place, "an answer that cannot be read", "a list of receipts");
    };
    let first = answer.first().map(|first| (first.chain, i64::try_from(first.position).ok()));
    if first != Some((row.chain_id, Some(row.seq))) {
        findings.add(Code::ColumnDiffers, place, "an answer about another entry", "an answer about this entry first");
    }
    for receipt in &answer {
        if receipt_of(history, receipt).as_ref() != Some(receipt) {
            let found = format!("entry {} at position {} of chain {}", receipt.entry, receipt.position, receipt.chain);
            findings.add(Code::ColumnDiffers, place, found, "entries as they stand in the journal");
        }
    }
}

/// The receipt that the journal gives for the same place.
fn receipt_of(history: &History, receipt: &Receipt) -> Option<Receipt> {
    let entry = history.get(&receipt.chain)?.get(&i64::try_from(receipt.position).ok()?)?;
    let hash = hash(entry)?.to_string();
    Some(Receipt { chain: entry.chain, position: entry.seq, entry: entry.id, hash })
}

fn hash(entry: &Entry) -> Option<Digest> {
    Some(chain_hash(&entry.prev_hash, &leaf_hash(&entry.encode().ok()?)))
}
