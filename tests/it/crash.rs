//! Killed at random moments under load, the ledger keeps what it acknowledged, once, and nothing by halves.
//!
//! A process of its own loads a ledger through the writer, with several clients over several contracts, each request
//! under an idempotency key, and notes what was acknowledged. It is killed, or its database server is; then everything is
//! looked at and the load goes on, beginning with the requests that were not answered.
//!
//! `OUTCOME_LEDGER_CRASHES=200 bash .ci/test cargo test --locked --test it crash` kills two hundred times on each database.

mod cluster;
pub mod load;
mod signer;

use std::{
    collections::BTreeSet,
    env, fs,
    path::Path,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use outcome_ledger::{
    operations::verify_log,
    storage::{self, Address, Connection},
};

use self::{
    cluster::Cluster,
    load::{Acknowledged, CLIENTS},
};
use super::databases::{on_each, server, url};

/// Kills on each database, unless the environment says otherwise.
const KILLS: u32 = 6;
/// After so many kills a ledger is left for a new one, so that looking at everything does not take ever longer.
const KILLS_OF_A_LEDGER: u32 = 10;

fn kills() -> u32 {
    env::var("OUTCOME_LEDGER_CRASHES").map_or(KILLS, |text| text.parse().unwrap())
}

/// Numbers by chance from a seed that a failure shows.
pub struct Chance(pub u64);

impl Chance {
    pub fn seeded() -> Self {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).unwrap();
        let seed = env::var("OUTCOME_LEDGER_SEED").map_or(u64::from_le_bytes(bytes), |text| text.parse().unwrap());
        eprintln!("OUTCOME_LEDGER_SEED={seed}");
        Self(seed)
    }

    /// A number from 0 up to, but not including, `end` (splitmix64).
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    fn moment(&mut self) -> Duration {
        Duration::from_millis(50 + self.below(450))
    }
}

/// A process under load; killed when it is dropped.
pub struct Load(Child);

impl Load {
    /// Starts the load on a ledger; what is acknowledged is noted in `folder`.
    pub fn start(address: &str, folder: &Path) -> Self {
        Self::with(address, folder, &[])
    }

    /// The same with more variables of the environment.
    pub fn with(address: &str, folder: &Path, variables: &[(&str, String)]) -> Self {
        Self::of("crash::load::loaded_process", address, folder, variables)
    }

    /// Starts another process, which is an ignored test.
    fn of(process: &str, address: &str, folder: &Path, variables: &[(&str, String)]) -> Self {
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["--exact", process, "--ignored", "--nocapture"]);
        command.env(load::ADDRESS, address).env(load::FOLDER, folder).envs(variables.iter().cloned());
        Self(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }

    pub fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// Waits until the process has ended by itself, and tells whether it did so in good order.
    pub fn wait(mut self, longest: Duration) -> bool {
        let since = Instant::now();
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status.success();
            }
            assert!(since.elapsed() < longest, "the load does not end");
            sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        // Ended already in most cases.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits until something new is acknowledged, so that a kill meets a process at work.
fn wait_for_work(folder: &Path, before: usize) {
    let since = Instant::now();
    while load::acknowledged(folder).len() <= before {
        assert!(since.elapsed() < Duration::from_secs(120), "nothing is acknowledged: {}", load::complaints(folder));
        sleep(Duration::from_millis(10));
    }
}

/// Everything that was acknowledged is there once, and everything fits. Tells how much that is.
pub fn assert_whole(address: &str, folder: &Path, what: &str) -> usize {
    let complaints = load::complaints(folder);
    assert!(complaints.is_empty(), "{what}: {complaints}");
    let c = &mut Connection::open(&Address::parse(address).unwrap()).unwrap();
    let acknowledged = load::acknowledged(folder);
    for Acknowledged { receipt, client, number } in &acknowledged {
        let row = storage::entry::find(c, receipt.entry).unwrap();
        let row = row.unwrap_or_else(|| panic!("{what}: lost, client {client}, request {number}: {receipt:?}"));
        let found = (row.chain_id, row.seq.unsigned_abs(), row.hash.to_string());
        assert_eq!(found, (receipt.chain, receipt.position, receipt.hash.clone()), "{what}");
    }
    let names: BTreeSet<_> = acknowledged.iter().map(|acknowledged| acknowledged.receipt.entry).collect();
    assert_eq!(names.len(), acknowledged.len(), "{what}: two requests were answered with one entry");
    assert_once(c, folder, &acknowledged, what);
    let verified = verify_log(c).unwrap();
    assert!(verified.valid, "{what}: {:#?}", verified.findings);
    acknowledged.len()
}

/// Each client asks one thing after the other, so that besides what was acknowledged at most its next request is there.
fn assert_once(c: &mut Connection, folder: &Path, acknowledged: &[Acknowledged], what: &str) {
    let log = storage::log::load(c).unwrap().unwrap().log_id;
    let mut times = load::carried_out(c);
    let mut last = [0; CLIENTS];
    for Acknowledged { client, number, .. } in acknowledged {
        assert_eq!(*number, last[*client] + 1, "{what}: client {client} misses an answer");
        last[*client] = *number;
        let times = times.remove(&load::digest(&log, folder, *client, *number));
        assert_eq!(times, Some(1), "{what}: request {number} of client {client}");
    }
    for (client, last) in last.into_iter().enumerate() {
        let next = times.remove(&load::digest(&log, folder, client, last + 1));
        assert!(next.is_none_or(|times| times == 1), "{what}: request {} of client {client}: {next:?}", last + 1);
    }
    assert!(times.is_empty(), "{what}: {} requests that nobody sent", times.len());
}

#[test]
fn a_killed_process_loses_nothing_on_sqlite() {
    let mut chance = Chance::seeded();
    let mut killed = 0;
    while killed < kills() {
        let home = tempfile::tempdir().unwrap();
        let address = home.path().join("ledger.db").display().to_string();
        load::found(&address);
        for _ in 0..KILLS_OF_A_LEDGER.min(kills() - killed) {
            killed += 1;
            let before = load::acknowledged(home.path()).len();
            let process = Load::start(&address, home.path());
            // One in four meets a process that is still starting.
            if chance.below(4) > 0 {
                wait_for_work(home.path(), before);
            }
            sleep(chance.moment());
            process.kill();
            let whole = assert_whole(&address, home.path(), &format!("kill {killed}"));
            eprintln!("kill {killed}: {whole} requests of this ledger acknowledged, all there");
        }
    }
}

#[test]
fn a_killed_process_or_server_loses_nothing_on_postgres() {
    if server().is_none() {
        return;
    }
    let mut chance = Chance::seeded();
    let mut cluster = Cluster::start();
    let mut killed = 0;
    while killed < kills() {
        let home = tempfile::tempdir().unwrap();
        let address = cluster.create_database(&format!("ledger_{killed}"));
        load::found(&address);
        for _ in 0..KILLS_OF_A_LEDGER.min(kills() - killed) {
            killed += 1;
            let before = load::acknowledged(home.path()).len();
            let process = Load::start(&address, home.path());
            wait_for_work(home.path(), before);
            sleep(chance.moment());
            let what = match killed % 3 {
                1 => "the process",
                2 => {
                    cluster.crash();
                    "the server"
                }
                _ => {
                    cluster.kill_backend();
                    "the server's side of a connection"
                }
            };
            if killed % 3 != 1 {
                // The load goes on by itself once the server is back.
                wait_for_work(home.path(), load::acknowledged(home.path()).len());
            }
            process.kill();
            let whole = assert_whole(&address, home.path(), &format!("kill {killed}, of {what}"));
            eprintln!("kill {killed}, of {what}: {whole} requests of this ledger acknowledged, all there");
        }
    }
}

/// Two processes load one database at the same time, each with clients of its own.
#[test]
fn two_processes_on_one_database_lose_nothing() {
    on_each(|database| {
        let home = tempfile::tempdir().unwrap();
        let address = url(database);
        load::found(&address);
        let folders = ["one", "two"].map(|name| home.path().join(name));
        let loads: Vec<_> = folders
            .iter()
            .map(|folder| {
                fs::create_dir(folder).unwrap();
                Load::with(&address, folder, &[(load::REQUESTS, "12".into())])
            })
            .collect();
        for (load, folder) in loads.into_iter().zip(&folders) {
            assert!(load.wait(Duration::from_secs(300)), "{}", load::complaints(folder));
        }
        let c = &mut database.connect();
        let answered: usize = folders.iter().map(|folder| load::acknowledged(folder).len()).sum();
        let carried_out = load::carried_out(c);
        assert_eq!((answered, carried_out.len()), (2 * 12 * CLIENTS, 2 * 12 * CLIENTS));
        assert!(carried_out.values().all(|times| *times == 1));
        let verified = verify_log(c).unwrap();
        assert!(verified.valid, "{:#?}", verified.findings);
    });
}
