//! A witness that follows a log through its tiles.

use std::{fs, path::PathBuf, thread};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, dev::ServerHandle, web};
use outcome_ledger::ledger::{
    merkle::MerkleTree,
    note::{Checkpoint, Note, Tile, TileContent, write_hashes},
};
use tempfile::TempDir;

use super::{Bench, checkpoint, leaf, log_key, tree};

/// Answers with a file of the folder.
async fn file(request: HttpRequest) -> HttpResponse {
    let root = request.app_data::<PathBuf>().unwrap();
    let file = fs::read(root.join(request.path().trim_start_matches('/')));
    file.map_or_else(|_| HttpResponse::NotFound().finish(), |bytes| HttpResponse::Ok().body(bytes))
}

/// A log over HTTP: its checkpoint and tiles as files in a folder. `end` stops it.
struct Served {
    folder: TempDir,
    url: String,
    handle: ServerHandle,
}

impl Served {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_owned();
        let (sent, started) = std::sync::mpsc::channel();
        thread::spawn(move || {
            actix_web::rt::System::new().block_on(async {
                let server = HttpServer::new(move || App::new().app_data(root.clone()).default_service(web::to(file)));
                let server = server.workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
                let url = format!("http://{}", server.addrs()[0]);
                let server = server.run();
                sent.send((url, server.handle())).unwrap();
                server.await.unwrap();
            });
        });
        let (url, handle) = started.recv().unwrap();
        Self { folder, url, handle }
    }

    /// Shows a tree of so many leaves, in place of what was shown before.
    fn show(&self, size: usize, history: &str) {
        let whole = tree(size, history);
        fs::write(self.path("checkpoint"), checkpoint(&whole).to_string()).unwrap();
        for tile in Tile::all(size as u64) {
            let TileContent::Hashes { level } = tile.content() else { continue };
            let leaves = 256_usize.pow(level.into());
            let hash = |index: u64| {
                let first = index as usize * leaves;
                let part = (first..first + leaves).map(|index| leaf(index, history)).collect();
                MerkleTree::new(part).root()
            };
            let hashes: Vec<_> = (tile.start()..tile.start() + u64::from(tile.width())).map(hash).collect();
            let path = self.path(&tile.to_string());
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, write_hashes(&hashes)).unwrap();
        }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

#[test]
fn a_log_is_followed_through_its_tiles() {
    let (bench, log) = (Bench::new(), Served::new());
    let follow = || bench.watch(&["--follow", &log.url]);
    let (exit, _, told) = follow();
    assert_eq!((exit, told.contains("404")), (3, true), "a log without checkpoint: {told}");
    for size in [3, 3, 300, 700] {
        log.show(size, "honest");
        let (exit, note, told) = follow();
        assert_eq!(exit, 0, "{told}");
        let note = Note::parse(note.as_bytes()).unwrap();
        let (log, witness) = (log_key(), bench.key());
        assert_eq!(note.verify([log.verifier(), &witness]).unwrap().len(), 2);
        assert_eq!(Checkpoint::parse(note.text()).unwrap().head().size, size as u64);
    }
    let kept = fs::read(bench.path("seen")).unwrap();
    // Set back to what it was, and to another history: of the same size, and grown.
    log.show(300, "honest");
    let (exit, _, told) = follow();
    assert_eq!((exit, told.contains("checkpoint of size 300, but had shown 700")), (1, true), "{told}");
    for size in [700, 701] {
        log.show(size, "other");
        let (exit, _, told) = follow();
        assert_eq!(exit, 30, "{told}");
        let roots = [tree(700, "honest"), tree(size, "other")].map(|tree| checkpoint(&tree).text().to_owned());
        assert!(roots.iter().all(|text| told.contains(text)), "both checkpoints are shown:\n{told}");
    }
    // Tiles that are damaged, cut, or gone are no sign of another history.
    log.show(900, "honest");
    let last = log.path("tile/0/003.p/132");
    let good = fs::read(&last).unwrap();
    let mut damaged = good.clone();
    damaged[0] ^= 1;
    for bad in [damaged.as_slice(), &good[1..], &[good.as_slice(), &[0]].concat()] {
        fs::write(&last, bad).unwrap();
        let (exit, _, told) = follow();
        assert_eq!(exit, 3, "{told}");
    }
    fs::remove_file(&last).unwrap();
    assert_eq!(follow().0, 3);
    assert_eq!(fs::read(bench.path("seen")).unwrap(), kept, "what is refused leaves nothing behind");
    // The full tile stands in for the partial one that a log may drop.
    let full: Vec<_> = (768..1024).map(|index| leaf(index, "honest")).collect();
    fs::write(log.path("tile/0/003"), write_hashes(&full)).unwrap();
    let (exit, _, told) = follow();
    assert_eq!(exit, 0, "{told}");
}
