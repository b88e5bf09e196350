//! What rows alone cannot show, a checkpoint shows that somebody kept: replaced chains and logs, tails cut off with their
//! heads. And the nodes of the log's tree, which only larger ledgers have.

use std::fs;

use outcome_ledger::{
    ledger::note::Note,
    operations::{HeldCheckpoint, Verified, verify_held, verify_log},
    storage::{self, Connection},
};

use super::{
    databases::{execute, on_each},
    deal,
    restored::run,
    sequencing::register,
    signing::sign_twice,
    tamper::disarm,
};

/// The newest checkpoint, as a reader keeps it.
fn kept(c: &mut Connection) -> HeldCheckpoint {
    let note = storage::checkpoint::latest(c).unwrap().unwrap().note;
    HeldCheckpoint { name: "kept".into(), note: Note::parse(note.as_bytes()).unwrap(), beside: false }
}

fn tells_held(verified: &Verified) -> bool {
    verified.findings.iter().any(|finding| finding.code == "held.differs" && finding.row == "held checkpoint kept")
}

#[test]
fn the_log_that_was_signed_is_recognised_and_goes_on() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::complete(c);
        sign_twice(c);
        let held = [kept(c)];
        let verified = verify_held(c, &held).unwrap();
        assert!(verified.valid, "{:#?}", verified.findings);
        let open = |verified: &Verified| verified.not_checked.iter().any(|sentence| sentence.contains("--held"));
        assert!(!open(&verified) && open(&verify_log(c).unwrap()));
        register(c, "Insurer D");
        let verified = verify_held(c, &held).unwrap();
        assert!(verified.valid && verified.not_checked.iter().any(|sentence| sentence.contains("1 entries")));
    });
}

#[test]
fn a_whole_log_that_was_replaced_is_found_by_a_kept_checkpoint_alone() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::complete(c);
        sign_twice(c);
        let held = [kept(c)];
        on_each(|other| {
            let other = &mut other.connect();
            // The same name, parties and contract; everything in it fits.
            deal::follow_up(other);
            deal::correct(other);
            sign_twice(other);
            assert!(verify_log(other).unwrap().valid);
            let verified = verify_held(other, &held).unwrap();
            assert!(!verified.valid && tells_held(&verified), "{:#?}", verified.findings);
        });
    });
}

/// Cuts everything off behind a size, with heads, projections, numbers and checkpoints: what is left fits in itself.
#[test]
fn a_tail_cut_off_with_its_heads_is_found_by_a_kept_checkpoint_alone() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::found(c);
        sign_twice(c);
        let held = [kept(c)];
        let first = storage::checkpoint::each(c).unwrap()[0].as_ref().unwrap().size;
        let network = storage::chain_head::list(c).unwrap()[0].chain_id;
        disarm(c);
        // All entries stand on the network's chain, so index and position differ by one.
        let end = storage::entry::page(c, network, first - 1, 1).unwrap()[0].hash;
        let hex = if matches!(c, Connection::Sqlite(_)) { format!("x'{end}'") } else { format!("'\\x{end}'") };
        for sql in [
            format!("DELETE FROM cosignature WHERE size > {first}"),
            format!("DELETE FROM checkpoint WHERE size > {first}"),
            format!("DELETE FROM log_entry WHERE log_index >= {first}"),
            format!("DELETE FROM party WHERE chain_seq > {first}"),
            format!("DELETE FROM entry WHERE seq > {first}"),
            format!("UPDATE chain_head SET seq = {first}, hash = {hex}"),
            format!("UPDATE sequenced SET seq = {first}"),
            format!("UPDATE sequencer SET size = {first}, checkpoints = 1, cosignatures = 1"),
        ] {
            execute(c, &sql).unwrap();
        }
        let verified = verify_log(c).unwrap();
        assert!(verified.valid, "{:#?}", verified.findings);
        let verified = verify_held(c, &held).unwrap();
        assert!(tells_held(&verified), "{:#?}", verified.findings);
        assert_eq!(verified.findings[0].found, "a shorter log");
    });
}

#[test]
fn every_node_of_the_tree_is_computed_again() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::found(c);
        (0..520).for_each(|number| register(c, &format!("Clinic {number}")));
        sign_twice(c);
        assert!(verify_log(c).unwrap().valid);
        assert_eq!(storage::log_node::nodes(c, 1, 0..9).unwrap().len(), 2);
        disarm(c);
        execute(c, "CREATE TABLE kept AS SELECT * FROM log_node").unwrap();
        let is_sqlite = matches!(c, Connection::Sqlite(_));
        let other = if is_sqlite { "randomblob(32)" } else { "sha256(hash)" };
        for (sql, named) in [
            (format!("UPDATE log_node SET hash = {other} WHERE node_index = 1"), vec!["level 1, node 1"]),
            ("UPDATE log_node SET level = 2 WHERE node_index = 0".into(), vec!["level 1, node 0", "level 2, node 0"]),
            (
                "UPDATE log_node SET node_index = 7 WHERE node_index = 1".into(),
                vec!["level 1, node 1", "level 1, node 7"],
            ),
            ("DELETE FROM log_node WHERE node_index = 0".into(), vec!["level 1, node 0"]),
            (
                "INSERT INTO log_node SELECT level, 5, hash FROM log_node WHERE node_index = 0".into(),
                vec!["level 1, node 5"],
            ),
            (
                "UPDATE log_node SET hash = (SELECT hash FROM kept WHERE kept.node_index = 1 - log_node.node_index)"
                    .into(),
                vec!["level 1, node 0", "level 1, node 1"],
            ),
        ] {
            execute(c, &sql).unwrap();
            let verified = verify_log(c).unwrap();
            for name in named {
                let found = verified.findings.iter().any(|finding| finding.table == "log_node" && finding.row == name);
                assert!(found, "{sql}: {name} not in {:#?}", verified.findings);
            }
            execute(c, "DELETE FROM log_node").unwrap();
            execute(c, "INSERT INTO log_node SELECT * FROM kept").unwrap();
        }
    });
}

#[test]
fn a_kept_file_is_held_against_the_ledger_at_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    run(place, &["init", "--origin", "ledger.example/one"]);
    run(place, &["party", "add", "Insurer A", "--is", "insurer"]);
    let (_, note) = run(place, &["checkpoint"]);
    fs::write(place.join("kept.checkpoint"), note).unwrap();
    run(place, &["party", "add", "Insurer B", "--is", "insurer"]);
    let verify: &[&str] = &["verify", "--held", "kept.checkpoint"];
    let (code, said) = run(place, verify);
    assert!(code == 0 && said.starts_with("VALID"), "{said}");
    for file in ["ledger.db", "ledger.db-wal", "ledger.db-shm", "ledger.db.key", "ledger.db.signed"] {
        let _ = fs::remove_file(place.join(file));
    }
    run(place, &["init", "--origin", "ledger.example/one"]);
    run(place, &["party", "add", "Insurer A", "--is", "insurer"]);
    run(place, &["checkpoint"]);
    let (code, said) = run(place, verify);
    assert!(code == 40 && said.contains("held.differs"), "{said}");
    fs::write(place.join("kept.checkpoint"), "no note").unwrap();
    assert_eq!(run(place, verify).0, 3);
}
