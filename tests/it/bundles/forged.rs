//! Bundles that were changed by somebody who knows the format, without and with the log's key.

use outcome_ledger::contract::{
    Batch,
    audit::records::Opening,
    content::{decode_line, encode_line},
    identity::network_chain,
};

use super::*;

/// Changes a bundle and checks what it then is.
fn changed(what: &Export, change: impl FnOnce(&mut Bundle)) -> Checked {
    let archive = archive(what);
    let (mut bundle, ..) = Bundle::read(&archive).unwrap();
    change(&mut bundle);
    verified(&bundle.write())
}

fn contents<'b>(bundle: &'b mut Bundle) -> &'b mut outcome_ledger::contract::bundle::Contents {
    bundle.contracts.values_mut().next().unwrap()
}

#[test]
fn who_the_log_is_comes_from_the_policy_alone() {
    let archive = archive(&EVERYTHING);
    let (mut bundle, ..) = Bundle::read(&archive).unwrap();
    // A stranger signs everything anew, under the log's name or an own one, and claims a policy that trusts him.
    for origin in [ORIGIN, "ledger.example/two"] {
        let stranger = key(origin, 2);
        let entries = decoded(&bundle);
        resealed(&mut bundle, entries, &stranger);
        bundle.policy = Cow::Owned(policy_text(&stranger));
        let checked = verified(&bundle.write());
        assert_told(&checked, "policy.refuses", "the checkpoint");
        assert_eq!((checked.origin, checked.size), (None, None));
    }
    // The log's own bundle is nothing to somebody who trusts another log.
    let checked = check(&archive, &policy(&key("ledger.example/two", 2)), None).unwrap();
    assert_told(&checked, "policy.refuses", "the checkpoint");
}

#[test]
fn a_log_under_the_name_of_another_is_found() {
    let archive = archive(&EVERYTHING);
    let (mut bundle, ..) = Bundle::read(&archive).unwrap();
    let entries = decoded(&bundle);
    let other = key("ledger.example/two", 1);
    resealed(&mut bundle, entries, &other);
    let checked = check(&bundle.write(), &policy(&other), None).unwrap();
    assert_told(&checked, "log.differs", "founded_at");
    let checked = changed(&EVERYTHING, |bundle| bundle.founded_at_micros += 1);
    assert_told(&checked, "log.differs", "founded_at");
}

#[test]
fn entries_left_out_doubled_or_moved_are_found() {
    // Somewhere in the contract's chain, neither its first nor its last entry.
    let index = |bundle: &Bundle| {
        let contract = *bundle.contracts.keys().next().unwrap();
        let of_contract = |entry: &Entry| entry.chain == contract && entry.seq == 4;
        decoded(bundle).iter().position(of_contract).unwrap()
    };
    let checked = changed(&CONTRACT, |bundle| drop(bundle.entries.remove(index(bundle))));
    assert_told(&checked, "row.missing", "position 5");
    for what in [EVERYTHING, CONTRACT] {
        let checked = changed(&what, |bundle| {
            let at = index(bundle);
            let (one, other) = (bundle.entries[at].body.clone(), bundle.entries[at - 1].body.clone());
            (bundle.entries[at].body, bundle.entries[at - 1].body) = (other, one);
        });
        let code = if what.contract.is_some() { "inclusion.fails" } else { "root.differs" };
        assert_told(&checked, code, "");
        let checked = changed(&what, |bundle| {
            let at = index(bundle);
            bundle.entries[at] = Logged { index: bundle.entries[at].index, ..bundle.entries[at - 1].clone() };
        });
        assert_told(&checked, "row.extra", "position 3");
    }
    let checked = changed(&EVERYTHING, |bundle| drop(bundle.entries.pop()));
    assert_told(&checked, "root.differs", "all entries");
}

/// The end of the chain is left out, with all contents that belong to it: the list of all chains knows better.
#[test]
fn a_chain_that_was_cut_off_is_found() {
    let checked = changed(&CONTRACT, |bundle| {
        let contract = *bundle.contracts.keys().next().unwrap();
        let last = decoded(bundle).into_iter().rfind(|entry| entry.chain == contract).unwrap();
        bundle.entries.retain(|entry| Entry::decode(&entry.body).unwrap().id != last.id);
        contents(bundle).lines.retain(|line| line.seq != last.seq as i64);
    });
    assert_told(&checked, "chain.incomplete", "the end of chain ");
    assert_eq!(told(&checked).len(), 1);
    // Without the list nothing tells; that is said.
    let checked = changed(&CONTRACT, |bundle| {
        bundle.heads.clear();
        bundle.entries.retain(|entry| Entry::decode(&entry.body).unwrap().kind != EntryKind::HeadsRecorded);
    });
    assert_eq!(told(&checked), []);
    assert!(checked.not_checked[0].starts_with("Whether these are all entries of the contract"), "{checked:#?}");
    let checked = changed(&CONTRACT, |bundle| bundle.heads[0].seq += 1);
    assert_told(&checked, "heads.differs", "of the network's chain");
}

#[test]
fn contents_left_out_doubled_moved_or_changed_are_found() {
    type Change = fn(&mut outcome_ledger::contract::bundle::Contents);
    let cases: [(Change, &str, &str); 9] = [
        (|all| drop(all.facts.remove(1)), "row.missing", "position 6, item 1"),
        (|all| drop(all.lines.pop()), "row.missing", "item "),
        (|all| drop(all.subjects.remove(0)), "row.missing", "position 5, item 0"),
        (
            |all| {
                let mut extra = all.facts[0].clone();
                extra.item = 99;
                let at = all.facts.iter().position(|fact| fact.seq > 6).unwrap();
                all.facts.insert(at, extra);
            },
            "row.extra",
            "position 6, item 99",
        ),
        (
            |all| {
                let (one, other) = (all.facts[0].clone(), all.facts[1].clone());
                (all.facts[0], all.facts[1]) = (other, one);
                (all.facts[0].item, all.facts[1].item) = (0, 1);
            },
            "commitment.differs",
            "position 6, item 0",
        ),
        (|all| all.facts[2].commitment.0[0] ^= 1, "commitment.differs", "position 6, item 2"),
        (
            |all| {
                all.facts[2].commitment.0[0] ^= 1;
                all.facts[2].opening = Opening::Closed;
            },
            "batch.differs",
            "position 6, one or more of items 0 to 6",
        ),
        (|all| all.text.document.push('\n'), "agreement.differs", "contract "),
        (|all| all.text.settings = "{\"most\":\"1 CNY\"}".into(), "agreement.differs", "contract "),
    ];
    for (change, code, row) in cases {
        assert_told(&changed(&CONTRACT, |bundle| change(contents(bundle))), code, row);
    }
    let checked = changed(&CONTRACT, |bundle| {
        let Opening::Opened { content, .. } = &mut contents(bundle).facts[0].opening else { panic!("open") };
        *content = String::from_utf8(content.clone()).unwrap().replace("20000", "25000").into_bytes();
    });
    assert_told(&checked, "commitment.differs", "position 6, item 0: fact ");
}

/// Somebody without the key changes an entry, everything that follows from it, and the chain behind it.
#[test]
fn an_entry_replaced_together_with_its_chain_is_caught_by_the_signature() {
    let archive = archive(&EVERYTHING);
    let (mut bundle, ..) = Bundle::read(&archive).unwrap();
    let mut entries = decoded(&bundle);
    let signature = entries.iter_mut().find(|entry| entry.kind == EntryKind::ContractSigned).unwrap();
    signature.recorded_at_micros += 1;
    let note = bundle.checkpoint.clone();
    resealed(&mut bundle, entries, &key(ORIGIN, 1));
    assert_eq!(told(&verified(&bundle.write())), [], "all but the signature was made to fit");
    bundle.checkpoint = note;
    let checked = verified(&bundle.write());
    assert_eq!(told(&checked), [("root.differs", "all entries".into())]);
}

/// The operator takes less than the contract gives, and makes commitments, postings, links, tree and signature anew.
#[test]
fn a_settlement_forged_by_the_operator_is_caught_by_computing_it_again() {
    let archive = archive(&EVERYTHING);
    let (mut bundle, ..) = Bundle::read(&archive).unwrap();
    let mut entries = decoded(&bundle);
    let network = network_chain(entries[0].log);
    let committing = |entry: &&mut Entry| entry.chain != network && Batch::of(entry.kind) == Some(Batch::Lines);
    let entry = entries.iter_mut().find(committing).unwrap();
    let (chain, id, seq) = (entry.chain, entry.id, entry.seq as i64);
    let lines = &mut contents(&mut bundle).lines;
    let record = lines.iter_mut().find(|line| line.seq == seq).unwrap();
    let Opening::Opened { salt, content } = &mut record.opening else { panic!("open") };
    let mut line = decode_line(content).unwrap();
    line.amount_minor -= 100;
    *content = encode_line(&line);
    record.commitment = Batch::Lines.commit(chain, id, 0, salt, content);
    let commitments: Vec<_> = lines.iter().filter(|line| line.seq == seq).map(|line| line.commitment).collect();
    let root = Batch::Lines.root(&commitments);
    entry.commitments.iter_mut().filter(|old| old.field == root.field).for_each(|old| *old = root);
    resealed(&mut bundle, entries, &key(ORIGIN, 1));
    let checked = verified(&bundle.write());
    assert_told(&checked, "settlement.differs", &format!("position {seq}, item 0"));
    let finding = checked.findings.iter().find(|finding| finding.code == "settlement.differs").unwrap();
    assert!(finding.found.contains(&format!("{} minor units", line.amount_minor)), "{finding}");
    assert!(finding.expected.contains(&format!("{} minor units", line.amount_minor + 100)), "{finding}");
}

/// Codes of what the audit of a database finds as well; here from the file alone.
#[test]
fn what_cannot_have_happened_is_found_in_signed_entries_too() {
    type Change = fn(&mut Vec<Entry>);
    let cases: [(Change, &str); 4] = [
        (|entries| entries.retain(|entry| entry.kind != EntryKind::ContractActivated), "life.differs"),
        (|entries| entries.last_mut().unwrap().recorded_at_micros = 0, "time.backwards"),
        (|entries| entries[0].log = Digest([9; 32]), "log.foreign"),
        (|entries| entries[1].id = entries[0].id, "entry.duplicate"),
    ];
    for (change, code) in cases {
        let archive = archive(&Export { closed: true, ..EVERYTHING });
        let (mut bundle, ..) = Bundle::read(&archive).unwrap();
        let mut entries = decoded(&bundle);
        change(&mut entries);
        resealed(&mut bundle, entries, &key(ORIGIN, 1));
        assert_told(&verified(&bundle.write()), code, "");
    }
}
