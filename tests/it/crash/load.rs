//! The process under load, and what it leaves behind.

use std::{
    collections::BTreeMap,
    env,
    fs::{self, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use outcome_ledger::{
    ledger::{Entry, Request},
    operations::{
        Asked, Done, Error, FactReport, Limits, Outside, Proposal, Receipt, World, Writer, activate_contract,
        enrol_subjects, once, open_log, propose_contract, register_party, report_facts, sign_contract,
    },
    storage::{self, Address, Connection, Error as Failure},
    values::Digest,
};

use super::super::deal::{self, act};

/// Where the ledger is.
pub const ADDRESS: &str = "OUTCOME_LEDGER_LOAD";
/// Where acknowledged requests are noted.
pub const FOLDER: &str = "OUTCOME_LEDGER_LOAD_FOLDER";
/// After how many requests of each client the load ends; never when it is not set.
pub const REQUESTS: &str = "OUTCOME_LEDGER_LOAD_REQUESTS";

/// Clients that ask at the same time.
pub const CLIENTS: usize = 6;
const CONTRACTS: [&str; 3] = ["c0", "c1", "c2"];

/// What a client was told.
#[derive(Clone, Debug)]
pub struct Acknowledged {
    pub client: usize,
    pub number: u64,
    pub receipt: Receipt,
}

/// Founds a ledger with three contracts in force.
pub fn found(address: &str) {
    let c = &mut Connection::open(&Address::parse(address).unwrap()).unwrap();
    act(c, |c, outside| open_log(c, outside, None)).unwrap();
    act(c, |c, outside| register_party(c, outside, "Maker A", "manufacturer")).unwrap();
    act(c, |c, outside| register_party(c, outside, "Insurer A", "insurer")).unwrap();
    let subjects = deal::sheet("subjects.csv", deal::SUBJECTS);
    for name in CONTRACTS {
        let parties = [("manufacturer", "Maker A"), ("insurer", "Insurer A")];
        let proposal = Proposal { name: Some(name), ..deal::proposal(&parties) };
        act(c, |c, outside| propose_contract(c, outside, proposal)).unwrap();
        for role in ["manufacturer", "insurer"] {
            act(c, |c, outside| sign_contract(c, outside, name, role)).unwrap();
        }
        act(c, |c, outside| activate_contract(c, outside, name)).unwrap();
        act(c, |c, outside| enrol_subjects(c, outside, name, &subjects)).unwrap();
    }
}

fn file_of(folder: &Path, client: usize) -> PathBuf {
    folder.join(format!("client-{client}"))
}

/// Everything that was acknowledged, in the order of each client.
pub fn acknowledged(folder: &Path) -> Vec<Acknowledged> {
    let of_client = |client| {
        let text = fs::read_to_string(file_of(folder, client)).unwrap_or_default();
        let lines: Vec<_> = text.lines().map(str::to_owned).collect();
        // The last line may be cut where the process was killed.
        let whole = if text.ends_with('\n') { lines.len() } else { lines.len().saturating_sub(1) };
        lines.into_iter().take(whole).map(move |line| {
            let (number, receipt) = line.split_once(' ').unwrap();
            let receipt = serde_json::from_str(receipt).unwrap();
            Acknowledged { client, number: number.parse().unwrap(), receipt }
        })
    };
    (0..CLIENTS).flat_map(of_client).collect()
}

/// What went wrong in the process.
pub fn complaints(folder: &Path) -> String {
    fs::read_to_string(folder.join("complaints")).unwrap_or_default()
}

/// When the last request of the process was answered; none when it did not come so far.
pub fn answered_at(folder: &Path) -> Option<SystemTime> {
    fs::metadata(folder.join("answered")).and_then(|file| file.modified()).ok()
}

/// How often each request was carried out, by the digest of its key in the entries that were written for it.
pub fn carried_out(c: &mut Connection) -> BTreeMap<Digest, usize> {
    let mut times = BTreeMap::new();
    storage::entry::for_each(c, |row| {
        if let Some(key) = Entry::decode(&row.body).unwrap().idempotency {
            *times.entry(key).or_default() += 1;
        }
        Ok::<_, Failure>(())
    })
    .unwrap();
    times
}

/// The digest of the key of a request.
pub fn digest(log: &Digest, folder: &Path, client: usize, number: u64) -> Digest {
    let operation = if contract(client, number).is_some() { "report_facts" } else { "register_party" };
    let key = format!("{operation}/-/{}", key(side(folder), client, number));
    Request::of(log, key.as_bytes(), b"").key
}

/// Which of the processes it is.
fn side(folder: &Path) -> &str {
    folder.file_name().unwrap().to_str().unwrap()
}

fn key(side: &str, client: usize, number: u64) -> String {
    format!("{side}-{client}-{number}")
}

/// The contract that a request is about; none when it registers a party.
fn contract(client: usize, number: u64) -> Option<&'static str> {
    CONTRACTS.get((client + usize::try_from(number).unwrap()) % 4).copied()
}

/// Loads the ledger until it is killed, or each client has asked as often as the environment says.
#[test]
#[ignore = "the process that the other tests start and kill"]
fn loaded_process() {
    let (Ok(address), Ok(folder)) = (env::var(ADDRESS), env::var(FOLDER)) else { return };
    let folder = PathBuf::from(folder);
    let most = env::var(REQUESTS).map_or(u64::MAX, |text| text.parse().unwrap());
    let writer = Writer::start(Address::parse(&address).unwrap(), Limits::default(), world()).unwrap();
    thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (writer, folder) = (&writer, &folder);
            scope.spawn(move || ask_on(writer, folder, client, most));
        }
    });
    fs::write(folder.join("answered"), "").unwrap();
    writer.stop().unwrap();
}

fn world() -> World {
    let clock = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros().try_into().unwrap();
    let random = |bytes: &mut [u8]| getrandom::fill(bytes).map_err(|error| error.to_string());
    World { clock: Box::new(clock), random: Box::new(random) }
}

/// One client: asks, notes the answer, asks the next; without an answer it asks the same again under the same key.
fn ask_on(writer: &Writer, folder: &Path, client: usize, most: u64) {
    let mut notes = OpenOptions::new().create(true).append(true).open(file_of(folder, client)).unwrap();
    let mut number = acknowledged(folder).iter().filter(|line| line.client == client).count() as u64;
    while number < most {
        match request(writer, side(folder), client, number + 1) {
            Ok(receipt) => {
                number += 1;
                let line = format!("{number} {}\n", serde_json::to_string(&receipt).unwrap());
                notes.write_all(line.as_bytes()).unwrap();
            }
            Err(Error::QueueFull { .. } | Error::Storage(Failure::Lost(_) | Failure::Uncertain(_))) => {
                thread::sleep(Duration::from_millis(20));
            }
            Err(Error::Storage(Failure::Open { .. } | Failure::Busy(_) | Failure::Moved(_) | Failure::Full(_))) => {
                thread::sleep(Duration::from_millis(20));
            }
            Err(error) => {
                let mut file = OpenOptions::new().create(true).append(true).open(folder.join("complaints")).unwrap();
                writeln!(file, "client {client}, request {}: {error}", number + 1).unwrap();
                return;
            }
        }
    }
}

/// Registers a party, or reports a fact under one of the contracts.
fn request(writer: &Writer, side: &str, client: usize, number: u64) -> Result<Receipt, Error> {
    let key = key(side, client, number);
    let first = |done: Done<Receipt>| match done {
        Done::Now(receipt) => receipt,
        Done::Before(receipts) => receipts[0].clone(),
    };
    let Some(contract) = contract(client, number) else {
        let name = format!("client {client} {side} {number}");
        let asked = Asked::new("register_party", None, &key, &name)?;
        let work = move |c: &mut Connection, outside: &mut Outside| {
            once(c, outside, &asked, |c, outside| Ok(register_party(c, outside, &name, "insurer")?.receipt))
        };
        return writer.submit("", 0, work)?.wait().map(first);
    };
    let row = format!("subject,on,units,paid\np1,2025-01-12,{number},{client}\n");
    let asked = Asked::new("report_facts", None, &key, &row)?;
    let report = FactReport { recorded: deal::facts("dispensing", &row), again: true, ..FactReport::default() };
    let work = move |c: &mut Connection, outside: &mut Outside| {
        once(c, outside, &asked, |c, outside| {
            let mut recorded = report_facts(c, outside, contract, &report)?;
            recorded.receipts.pop().ok_or_else(|| Error::Stored("no receipt".into()))
        })
    };
    writer.submit(contract, 0, work)?.wait().map(first)
}
