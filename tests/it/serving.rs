//! The log over HTTP and as files: whoever has nothing but these recomputes the root that was signed.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use outcome_ledger::{
    ledger::{
        Entry,
        merkle::{MerkleTree, leaf_hash},
        note::{Checkpoint, Note, Tile, TileContent, TreeHead, VerifierKey, read_bundle, read_hashes},
    },
    storage::{Address, Connection},
    values::Digest,
};

use super::{restored::run, sequencing::register};

struct Server {
    process: Child,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Server {
    fn start(folder: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_outcome-ledger"));
        command.current_dir(folder).env_remove("OUTCOME_LEDGER_DATABASE").env_remove("OUTCOME_LEDGER_KEY");
        command.args(["--database", "ledger.db", "serve", "--listen", "127.0.0.1:0"]);
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim_end().strip_prefix("Listening on http://").unwrap().to_owned();
        Self { process, address }
    }

    /// Asks for a path; gives status, headers and body.
    fn get(&self, path: &str) -> (u16, BTreeMap<String, String>, Vec<u8>) {
        self.ask("GET", path)
    }

    fn ask(&self, method: &str, path: &str) -> (u16, BTreeMap<String, String>, Vec<u8>) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "{method} {path} HTTP/1.1\r\nHost: ledger\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(answer[..end].to_vec()).unwrap();
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines.map(|line| line.split_once(": ").unwrap());
        let headers = headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
        (status, headers, answer[end + 4..].to_vec())
    }

    /// Waits for a checkpoint of at least that many entries.
    fn checkpoint(&self, at_least: u64, key: &VerifierKey) -> TreeHead {
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            let (status, _, note) = self.get("/checkpoint");
            if status == 200 {
                let note = Note::parse(&note).unwrap();
                assert!(note.verify([key]).is_ok());
                let head = Checkpoint::parse(note.text()).unwrap().head();
                if head.size >= at_least {
                    return head;
                }
            }
            assert!(Instant::now() < until, "no checkpoint of {at_least} entries: {status}");
            sleep(Duration::from_millis(50));
        }
    }
}

/// Recomputes the tree of a checkpoint from entry bundles, and compares every tile with it.
fn assert_recomputed(head: TreeHead, get: impl Fn(&str) -> Vec<u8>) {
    let mut bodies = Vec::new();
    for tile in Tile::all(head.size).filter(|tile| tile.content() == TileContent::Entries) {
        let bundle = get(&tile.to_string());
        bodies.extend(read_bundle(&bundle, tile.width()).unwrap().into_iter().map(<[u8]>::to_vec));
    }
    assert!(bodies.iter().all(|body| Entry::decode(body).is_ok()));
    let leaves: Vec<Digest> = bodies.iter().map(|body| leaf_hash(body)).collect();
    assert_eq!(leaves.len() as u64, head.size);
    assert_eq!(MerkleTree::new(leaves.clone()).root(), head.root);
    let above: Vec<Digest> = leaves.chunks_exact(256).map(|tile| MerkleTree::new(tile.to_vec()).root()).collect();
    for tile in Tile::all(head.size) {
        let TileContent::Hashes { level } = tile.content() else { continue };
        let row = if level == 0 { &leaves } else { &above };
        let from = tile.start() as usize;
        let hashes = read_hashes(&get(&tile.to_string()), tile.width()).unwrap();
        assert_eq!(hashes, row[from..from + usize::from(tile.width())], "{tile}");
    }
}

fn ledger(clinics: usize) -> (tempfile::TempDir, VerifierKey) {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), &["init", "--origin", "ledger.example/one"]).0, 0);
    grow(folder.path(), 0..clinics);
    let key = VerifierKey::parse(run(folder.path(), &["checkpoint", "--verifier-key"]).1.trim_end()).unwrap();
    (folder, key)
}

fn grow(folder: &Path, clinics: std::ops::Range<usize>) {
    let address = Address::parse(folder.join("ledger.db").to_str().unwrap()).unwrap();
    let mut connection = Connection::open(&address).unwrap();
    clinics.for_each(|number| register(&mut connection, &format!("Clinic {number}")));
}

#[test]
fn the_root_is_recomputed_from_what_the_server_gives_alone() {
    let (folder, key) = ledger(300);
    let mut server = Server::start(folder.path());
    let head = server.checkpoint(300, &key);
    let get = |path: &str| {
        let (status, headers, body) = server.get(&format!("/{path}"));
        assert_eq!(status, 200, "{path}");
        assert_eq!(headers["content-type"], "application/octet-stream");
        assert_eq!(headers["cache-control"], "public, max-age=31536000, immutable");
        body
    };
    assert_recomputed(head, get);
    // What is written while the server runs comes into the log by itself.
    grow(folder.path(), 300..520);
    let later = server.checkpoint(520, &key);
    assert!(later.size > head.size);
    assert_recomputed(later, |path| server.get(&format!("/{path}")).2);
    // Tiles of the earlier checkpoint are there still.
    assert_recomputed(head, |path| server.get(&format!("/{path}")).2);
    let (status, headers, _) = server.get("/checkpoint");
    assert_eq!((status, headers["content-type"].as_str()), (200, "text/plain; charset=utf-8"));
    assert_eq!(headers["cache-control"], "no-cache");
    assert_eq!(server.ask("HEAD", "/checkpoint").0, 200);
    assert_eq!((server.get("/healthz").0, server.get("/healthz").2), (200, b"ok\n".to_vec()));
    stop(&mut server);
}

/// Tells the server to stop as an operating system does.
fn stop(server: &mut Server) {
    let told = Command::new("kill").args(["-TERM", &server.process.id().to_string()]).status().unwrap();
    assert!(told.success());
    assert_eq!(server.process.wait().unwrap().code(), Some(0));
}

#[test]
fn paths_that_name_nothing_are_answered_with_problems() {
    let (folder, key) = ledger(3);
    let server = Server::start(folder.path());
    let head = server.checkpoint(3, &key);
    let beyond = format!("/tile/0/000.p/{}", head.size + 1);
    for (method, path, expected) in [
        ("GET", "/tile/0/000", 404),
        ("GET", &beyond, 404),
        ("GET", "/tile/1/000.p/1", 404),
        ("GET", "/tile/entries/001", 404),
        ("GET", "/tile/0/0", 400),
        ("GET", "/tile/0/000.p/0", 400),
        ("GET", "/tile/0/000.p/256", 400),
        ("GET", "/tile/0/x000/001", 400),
        ("GET", "/tile/64/000", 400),
        ("GET", "/tile/00/000", 400),
        ("GET", "/tile/data/000", 400),
        ("GET", "/tile/0/../../ledger.db", 400),
        ("GET", "/tile/0/%2e%2e/ledger.db", 400),
        ("GET", "/ledger.db.key", 404),
        ("GET", "/", 404),
        ("POST", "/checkpoint", 404),
    ] {
        let (status, headers, body) = server.ask(method, path);
        assert_eq!(status, expected, "{method} {path}");
        assert_eq!(headers["content-type"], "application/problem+json", "{path}");
        assert_eq!(headers["cache-control"], "no-store", "{path}");
        let problem: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(problem["status"], expected, "{path}");
        assert!(problem["title"].as_str().is_some_and(|title| !title.is_empty()), "{path}");
    }
}

#[test]
fn the_folder_shows_what_the_server_shows_and_grows_with_the_log() {
    let (folder, key) = ledger(200);
    let publish = || run(folder.path(), &["publish", "public"]);
    let (code, said) = publish();
    assert!(code == 1 && said.contains("nothing of the log was signed yet"), "{said}");
    let public = folder.path().join("public");
    let shown = || {
        let note = Note::parse(&fs::read(public.join("checkpoint")).unwrap()).unwrap();
        assert!(note.verify([&key]).is_ok());
        let head = Checkpoint::parse(note.text()).unwrap().head();
        assert_recomputed(head, |path| fs::read(public.join(path)).unwrap());
        head
    };
    run(folder.path(), &["checkpoint"]);
    assert_eq!(publish().0, 0);
    let first = shown();
    assert!(public.join(format!("tile/0/000.p/{}", first.size)).exists());
    grow(folder.path(), 200..300);
    run(folder.path(), &["checkpoint"]);
    // What a stop in the middle leaves: a tile without the checkpoint that covers it, and a torn neighbour.
    fs::write(public.join("tile/0/000.new"), "torn").unwrap();
    assert_eq!(publish().0, 0);
    assert!(shown().size > first.size);
    assert!(!public.join("tile/0/000.p").exists(), "the full tile replaces its beginnings");
    let (_, said) = publish();
    assert!(said.contains("0 file(s) written"), "{said}");
    // A folder that shows another log is left alone.
    let (other, _) = ledger(5);
    run(other.path(), &["checkpoint"]);
    let (code, said) = run(other.path(), &["publish", public.to_str().unwrap()]);
    assert!(code == 1 && said.contains("does not show a beginning of this log"), "{said}");
}
