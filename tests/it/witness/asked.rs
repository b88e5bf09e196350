//! A log that asks the witnesses of its policy.

use std::{
    fs,
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use outcome_ledger::{
    ledger::{
        merkle::MerkleTree,
        note::{Checkpoint, Note, Policy, VerifierKey},
    },
    operations::{
        self, gather_cosignatures,
        gather_cosignatures::{add_cosignatures, request_cosignature},
        sequence_log,
    },
    storage::{self, CheckpointRow, Connection},
};

use super::{
    super::{databases::on_each, deal, sequencing::register},
    Bench, Listening, checkpoint, log_key, request,
};

/// Signs the log of a database as it stands.
fn sign(c: &mut Connection) -> CheckpointRow {
    sequence_log(c).unwrap();
    let leaves = storage::log_entry::each(c).unwrap().into_iter().map(|row| row.unwrap().leaf).collect();
    let tree = MerkleTree::new(leaves);
    let row = CheckpointRow { size: tree.size() as i64, root: tree.root(), note: checkpoint(&tree).to_string() };
    storage::checkpoint::insert(c, &row).unwrap();
    row
}

fn policy(witnesses: &[(&VerifierKey, Option<&str>)], quorum: usize) -> Policy {
    let lines: String = (1..)
        .zip(witnesses)
        .map(|(number, (key, url))| format!("witness w{number} {key} {}\n", url.unwrap_or_default()))
        .collect();
    let members: String = (1..=witnesses.len()).map(|number| format!(" w{number}")).collect();
    let log = log_key();
    let text = format!("log {}\n{lines}group all {quorum}{members}\nquorum all\n", log.verifier());
    Policy::parse(text.as_bytes()).unwrap()
}

#[test]
fn a_log_asks_the_witnesses_of_its_policy_until_the_quorum_holds() {
    on_each(|database| {
        let c = &mut database.connect();
        let (over_http, by_letter) = (Bench::new(), Bench::new());
        let (first, second) = (over_http.key(), by_letter.key());
        let listening = over_http.listen();
        let policy = policy(&[(&first, Some(&listening.url)), (&second, None)], 2);
        let refused = gather_cosignatures(c, &policy).unwrap_err();
        assert!(matches!(refused, operations::Error::Refused(refusal) if refusal.code == "no-checkpoint"));
        deal::complete(c);
        for round in 0..3 {
            register(c, &format!("insurer {round}"));
            let signed = sign(c);
            let gathered = gather_cosignatures(c, &policy).unwrap();
            let said: Vec<_> = gathered.witnesses.iter().map(|said| said.cosigned).collect();
            assert_eq!((said, gathered.quorum), (vec![true, false], false), "{gathered:?}");
            assert!(policy.check(&Note::parse(gathered.note.as_bytes()).unwrap()).is_err());
            // The other partner has mail only.
            let letter = request_cosignature(c, &second).unwrap();
            let (exit, lines, told) = by_letter.answer(&letter);
            assert_eq!(exit, 0, "{told}");
            let gathered = add_cosignatures(c, &policy, &lines).unwrap();
            assert!(gathered.quorum, "{gathered:?}");
            let accepted = policy.check(&Note::parse(gathered.note.as_bytes()).unwrap()).unwrap();
            assert_eq!((accepted.checkpoint.head().size as i64, accepted.witnesses.len()), (signed.size, 2));
            assert_eq!(storage::cosignature::of_checkpoint(c, signed.size).unwrap().len(), 2);
            assert_eq!(storage::sequencer::load(c).unwrap().cosignatures, 2 * (round + 1));
            // What is kept is not asked for again, and lines that came twice are kept once.
            assert_eq!(add_cosignatures(c, &policy, &lines).unwrap(), gathered);
            for bad in [
                lines.replacen("— ", "-- ", 1),
                letter.checkpoint.signatures()[0].to_string(),
                "x\n".to_owned() + &lines,
            ] {
                let refused = add_cosignatures(c, &policy, &bad).unwrap_err();
                assert!(refused.to_string().contains("line 1 is no cosignature"), "{refused}");
            }
        }
        drop(listening);
        register(c, "insurer last");
        sign(c);
        let gathered = gather_cosignatures(c, &policy).unwrap();
        assert!(!gathered.quorum && gathered.witnesses.iter().all(|said| !said.cosigned), "{gathered:?}");
        let listening = over_http.listen();
        let moved = self::policy(&[(&first, Some(&listening.url)), (&second, None)], 1);
        assert!(gather_cosignatures(c, &moved).unwrap().quorum, "asked again, and one of two is enough here");
    });
}

#[test]
fn a_log_learns_from_its_witness_that_it_was_set_back_or_forked() {
    on_each(|database| {
        let c = &mut database.connect();
        let bench = Bench::new();
        let key = bench.key();
        deal::complete(c);
        let signed = sign(c);
        let size = signed.size as usize;
        // The witness has seen another history of the same log, shorter than this one: no proof leads from there.
        assert_eq!(bench.answer(&request(0, 3, "other")).0, 0);
        let listening = bench.listen();
        let policy = policy(&[(&key, Some(&listening.url))], 1);
        let gathered = gather_cosignatures(c, &policy).unwrap();
        let reason = gathered.witnesses[0].reason.as_deref().unwrap();
        assert!(!gathered.quorum && reason.contains("another history") && reason.contains(&signed.note), "{reason}");
        assert!(storage::cosignature::of_checkpoint(c, signed.size).unwrap().is_empty());
        // And then more of it than this database has.
        assert_eq!(listening.post(&request(3, size + 1, "other").to_string()).0, 200);
        let gathered = gather_cosignatures(c, &policy).unwrap();
        let reason = gathered.witnesses[0].reason.as_deref().unwrap();
        assert!(!gathered.quorum && reason.contains("the database was set back"), "{reason}");
    });
}

/// Runs the program in the folder of a ledger.
fn ledger(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_outcome-ledger"));
    command.current_dir(folder).env_remove("OUTCOME_LEDGER_DATABASE").env_remove("OUTCOME_LEDGER_KEY").args(words);
    command
}

fn says(folder: &Path, exit: i32, words: &[&str]) -> String {
    let output = ledger(folder, words).output().unwrap();
    let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert_eq!(output.status.code(), Some(exit), "{words:?}\n{out}\n{err}");
    if exit == 0 { out } else { err }
}

#[test]
fn a_quorum_is_gathered_by_commands_over_http_by_mail_and_by_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    says(folder, 0, &["init", "--origin", "ledger.example/commands"]);
    says(folder, 0, &["party", "add", "Insurer A", "--is", "insurer"]);
    let log = says(folder, 0, &["checkpoint", "--verifier-key"]).trim().to_owned();
    let (over_http, by_mail) = (Bench::watching(&log), Bench::watching(&log));
    let listening = over_http.listen();
    let written = |quorum: &str| {
        let (first, second) = (over_http.key(), by_mail.key());
        let witnesses = format!("witness w1 {first} {}\nwitness w2 {second}\n", listening.url);
        format!("log {log}\n{witnesses}group both all w1 w2\nquorum {quorum}\n")
    };
    fs::write(folder.join("both"), written("both")).unwrap();
    let accepted = |note: &str, quorum: &str| {
        let policy = Policy::parse(written(quorum).as_bytes()).unwrap();
        policy.check(&Note::parse(note.as_bytes()).unwrap()).map(|accepted| accepted.witnesses.len())
    };
    let lacking = says(folder, 1, &["checkpoint", "--policy", "both"]);
    assert!(lacking.contains("too few witnesses") && lacking.contains("w2: the policy has no address"), "{lacking}");
    let letter = says(folder, 0, &["checkpoint", "--policy", "both", "--request", "w2"]);
    fs::write(by_mail.path("letter"), letter).unwrap();
    let (exit, lines, told) = by_mail.watch(&["--request", "letter"]);
    assert_eq!(exit, 0, "{told}");
    fs::write(folder.join("lines"), lines).unwrap();
    let note = says(folder, 0, &["checkpoint", "--policy", "both", "--cosignatures", "lines"]);
    assert_eq!(accepted(&note, "both"), Ok(2));
    assert!(says(folder, 1, &["checkpoint", "--policy", "both", "--request", "w3"]).contains("no witness w3"));
    says(folder, 0, &["verify"]);

    // The server asks by itself, and shows what it was given; a third witness follows it through its tiles.
    says(folder, 0, &["party", "add", "Insurer B", "--is", "insurer"]);
    fs::write(folder.join("one"), written("w1")).unwrap();
    let served = ledger(folder, &["serve", "--listen", "127.0.0.1:0", "--policy", "one", "--format", "json"]);
    let (_server, said) = Listening::start(served);
    let url = format!("http://{}", said["listening"][0].as_str().unwrap());
    let third = Bench::watching(&log);
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        let (exit, note, told) = third.watch(&["--follow", &url]);
        assert_eq!(exit, 0, "{told}");
        let (shown, seen) = (Note::parse(note.as_bytes()).unwrap(), third.key());
        assert!(shown.verify([&seen]).is_ok());
        let shown = ureq::get(format!("{url}/checkpoint")).call().unwrap().body_mut().read_to_string().unwrap();
        let grown = Checkpoint::parse(Note::parse(shown.as_bytes()).unwrap().text()).unwrap().head().size > 3;
        if grown && accepted(&shown, "w1") == Ok(1) {
            break;
        }
        assert!(Instant::now() < until, "the server has no cosignature yet: {shown}");
        thread::sleep(Duration::from_millis(200));
    }
}
