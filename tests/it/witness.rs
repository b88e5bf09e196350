//! Witnesses at work: over HTTP, following a log, from files, and asked by a log. Everything goes over real sockets of this
//! machine, with the program that people run.

mod asked;
mod following;

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    path::PathBuf,
    process::{Child, ChildStdout, Command, Output, Stdio},
};

use outcome_ledger::{
    ledger::{
        merkle::{MerkleTree, leaf_hash},
        note::{AddCheckpoint, Checkpoint, KeyKind, Note, SignatureLine, SignerKey, TreeHead, VerifierKey},
    },
    values::Digest,
};
use serde_json::Value;
use tempfile::TempDir;

const ORIGIN: &str = "ledger.example/one";

fn log_key() -> SignerKey {
    SignerKey::from_seed(ORIGIN, KeyKind::Note, &[1; 32]).unwrap()
}

/// A tree of so many leaves; another `history` has other leaves from the third on.
fn tree(size: usize, history: &str) -> MerkleTree {
    MerkleTree::new((0..size).map(|index| leaf(index, history)).collect())
}

fn leaf(index: usize, history: &str) -> Digest {
    if index < 2 { leaf_hash(b"shared") } else { leaf_hash(format!("{history} {index}").as_bytes()) }
}

fn checkpoint(tree: &MerkleTree) -> Note {
    Checkpoint::sign(&log_key(), TreeHead { size: tree.size() as u64, root: tree.root() }, 0)
}

fn request(old: usize, size: usize, history: &str) -> AddCheckpoint {
    let tree = tree(size, history);
    let proof = tree.consistency_proof(old).unwrap_or_default();
    AddCheckpoint { old_size: old as u64, proof, checkpoint: checkpoint(&tree) }
}

/// A folder with key and state of a new witness, and the key of the log that it watches.
struct Bench(TempDir, String);

impl Bench {
    fn new() -> Self {
        Self::watching(&log_key().verifier().to_string())
    }

    fn watching(log: &str) -> Self {
        let bench = Self(tempfile::tempdir().unwrap(), log.to_owned());
        let made = bench.run(&["--new", "witness.example/w1"]);
        assert!(made.status.success(), "{made:?}");
        bench
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_outcome-ledger"));
        command.current_dir(self.0.path()).args(["witness", "--key", "key", "--state", "seen"]).args(words);
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// Runs the witness on the log of these tests and gives exit code, answer and problem.
    fn watch(&self, words: &[&str]) -> (i32, String, String) {
        let output = self.run(&[&["--log", &self.1][..], words].concat());
        let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        (output.status.code().unwrap(), out, err)
    }

    fn answer(&self, request: &AddCheckpoint) -> (i32, String, String) {
        fs::write(self.0.path().join("request"), request.to_string()).unwrap();
        self.watch(&["--request", "request"])
    }

    fn key(&self) -> VerifierKey {
        let state: Value = serde_json::from_slice(&fs::read(self.path("seen")).unwrap()).unwrap();
        VerifierKey::parse(state["key"].as_str().unwrap()).unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn listen(&self) -> Listening {
        let child = self.command(&["--log", &self.1, "--listen", "127.0.0.1:0", "--format", "json"]);
        let (mut listening, said) = Listening::start(child);
        listening.url = said["url"].as_str().unwrap().to_owned();
        listening
    }
}

/// A program that listens; ended when dropped.
struct Listening {
    url: String,
    child: Child,
    _said: BufReader<ChildStdout>,
}

impl Listening {
    /// Starts a program and waits for the first thing it says.
    fn start(mut program: Command) -> (Self, Value) {
        let mut child = program.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut text = String::new();
        while !text.trim_end().ends_with('}') {
            assert_ne!(said.read_line(&mut text).unwrap(), 0, "the program ended: {text}");
        }
        (Self { url: String::new(), child, _said: said }, serde_json::from_str(&text).unwrap())
    }

    /// Status, type of content and text.
    fn post(&self, body: &str) -> (u16, String, String) {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
        let mut answer = agent.post(format!("{}/add-checkpoint", self.url)).send(body).unwrap();
        let content = answer.headers()["content-type"].to_str().unwrap().to_owned();
        (answer.status().as_u16(), content, answer.body_mut().read_to_string().unwrap())
    }

    /// Ends it as a loss of power would and gives what it told its operator.
    fn kill(mut self) -> String {
        self.child.kill().unwrap();
        let mut told = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
        told
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn cosigned(key: &VerifierKey, request: &AddCheckpoint, lines: &str) -> bool {
    let line = lines.lines().find_map(SignatureLine::parse);
    line.is_some_and(|line| key.signed(&line) && key.verify(request.checkpoint.text(), &line.signature).is_some())
}

#[test]
fn growth_is_cosigned_over_http_and_every_other_history_is_refused_also_after_a_restart() {
    let bench = Bench::new();
    let witness = bench.listen();
    for (old, new) in [(0, 1), (1, 3), (3, 5), (5, 5)] {
        let asked = request(old, new, "honest");
        let (status, content, text) = witness.post(&asked.to_string());
        assert_eq!((status, content.as_str()), (200, "text/plain; charset=utf-8"), "{text}");
        assert!(cosigned(&bench.key(), &asked, &text), "{text}");
    }
    let kept = fs::read(bench.path("seen")).unwrap();
    let refused = |witness: &Listening| {
        let size = ("text/x.tlog.size", "5\n");
        for (asked, status, expected) in [
            (request(5, 5, "other"), 409, Some(size)),
            (request(3, 3, "honest"), 409, Some(size)),
            (request(0, 7, "honest"), 409, Some(size)),
            (request(5, 7, "other"), 422, None),
            (AddCheckpoint { old_size: 9, ..request(5, 7, "honest") }, 400, None),
        ] {
            let (found, content, text) = witness.post(&asked.to_string());
            assert_eq!(found, status, "{text}");
            assert!(expected.is_none_or(|expected| expected == (&content, &text)), "{content}: {text}");
        }
        assert_eq!(witness.post("old 5\n").0, 400);
        assert_eq!(witness.post(&"x".repeat(300_000)).0, 413);
        let stranger = SignerKey::from_seed("ledger.example/two", KeyKind::Note, &[2; 32]).unwrap();
        let tree = tree(7, "honest");
        let head = TreeHead { size: 7, root: tree.root() };
        let asked = AddCheckpoint { checkpoint: Checkpoint::sign(&stranger, head, 0), ..request(5, 7, "honest") };
        assert_eq!(witness.post(&asked.to_string()).0, 404);
        let impostor = SignerKey::from_seed(ORIGIN, KeyKind::Note, &[2; 32]).unwrap();
        let asked = AddCheckpoint { checkpoint: Checkpoint::sign(&impostor, head, 0), ..asked };
        assert_eq!(witness.post(&asked.to_string()).0, 403);
    };
    refused(&witness);
    let told = witness.kill();
    for note in [checkpoint(&tree(5, "honest")), checkpoint(&tree(5, "other")), checkpoint(&tree(7, "other"))] {
        let words = note.text().lines().nth(2).unwrap().to_owned();
        assert!(told.contains(&words), "the operator sees both checkpoints:\n{told}");
    }
    assert_eq!(fs::read(bench.path("seen")).unwrap(), kept, "what is refused leaves nothing behind");
    let witness = bench.listen();
    refused(&witness);
    assert_eq!(witness.post(&request(5, 8, "honest").to_string()).0, 200);
}

#[test]
fn one_state_has_one_witness_and_a_changed_or_lost_one_has_none() {
    let bench = Bench::new();
    assert_eq!(bench.answer(&request(0, 3, "honest")).0, 0);
    let witness = bench.listen();
    let (exit, _, told) = bench.answer(&request(3, 4, "honest"));
    assert_eq!((exit, told.contains("another process works with it")), (3, true), "{told}");
    drop(witness);
    let again = bench.run(&["--new", "witness.example/w1"]);
    assert_eq!(again.status.code(), Some(3), "neither key nor state is made twice");
    let state = fs::read_to_string(bench.path("seen")).unwrap();
    for (from, to) in
        [("\\n3\\n", "\\n2\\n"), (ORIGIN, "ledger.example/two"), ("witness/v1", "witness/v2"), ("}", ""), ("+B", "+C")]
    {
        fs::write(bench.path("seen"), state.replacen(from, to, 1)).unwrap();
        let (exit, _, told) = bench.answer(&request(3, 4, "honest"));
        assert_eq!((exit, told.contains("is not what this witness wrote")), (3, true), "{from}: {told}");
    }
    fs::remove_file(bench.path("seen")).unwrap();
    assert_eq!(bench.answer(&request(3, 4, "honest")).0, 3);
    fs::write(bench.path("seen"), state).unwrap();
    assert_eq!(bench.answer(&request(3, 4, "honest")).0, 0);
}

#[test]
fn a_request_in_a_file_is_answered_with_signature_lines() {
    let bench = Bench::new();
    let asked = request(0, 3, "honest");
    let (exit, out, err) = bench.answer(&asked);
    assert_eq!((exit, err.as_str()), (0, ""));
    assert!(cosigned(&bench.key(), &asked, &out), "{out}");
    let (exit, out, told) = bench.answer(&request(3, 5, "other"));
    assert_eq!((exit, out.as_str()), (30, ""));
    assert!(told.starts_with("DIVERGED") && told.contains("\n3\n") && told.contains("\n5\n"), "{told}");
    assert_eq!(bench.answer(&request(2, 5, "honest")).0, 1);
    fs::write(bench.path("request"), "old 3\n").unwrap();
    let (exit, _, told) = bench.watch(&["--request", "request", "--format", "json"]);
    let problem: Value = serde_json::from_str(&told).unwrap();
    assert_eq!((exit, problem["problem"]["status"].as_u64()), (1, Some(400)), "{told}");
    let (exit, _, told) = bench.watch(&["--request", "nowhere"]);
    assert_eq!(exit, 3, "{told}");
    let without_logs = bench.run(&["--request", "request"]);
    assert_eq!(without_logs.status.code(), Some(1));
    fs::write(bench.path("policy"), "log nonsense\nquorum nobody\n").unwrap();
    let told = bench.run(&["--policy", "policy", "--request", "request"]);
    let told = String::from_utf8(told.stderr).unwrap();
    assert!(told.contains("policy, line 1: ") && told.contains("policy, line 2: "), "{told}");
}

#[test]
fn keys_are_readable_by_their_owner_only() {
    let bench = Bench::new();
    let mode =
        |name: &str| std::os::unix::fs::PermissionsExt::mode(&fs::metadata(bench.path(name)).unwrap().permissions());
    assert_eq!(mode("key") & 0o077, 0);
    let secret = fs::read_to_string(bench.path("key")).unwrap();
    assert_eq!(SignerKey::parse(secret.trim_end()).unwrap().verifier(), &bench.key());
}
