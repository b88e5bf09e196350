//! How fast entries are recorded durably, beside bare inserts of the same bytes into the same database.
//!
//! `cargo bench --bench appends` prints, for SQLite and for the PostgreSQL server that `OUTCOME_LEDGER_BENCH_POSTGRES` names (a
//! server that waits for its disk): entries per second for transactions of 1, 100 and 1,000 entries with two postings each;
//! the same rows, made beforehand, inserted into tables with the same columns and keys and nothing else; and how long
//! callers of the writer wait. Rounds alternate, so that both meet the same disk. Ratios of one run can be compared;
//! machines differ.
#![allow(
    clippy::print_stdout,
    clippy::float_arithmetic,
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark prints times"
)]

use std::{
    env, thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use diesel::connection::SimpleConnection;
use outcome_ledger::{
    ledger::{AccountKind, Draft, EntryKind, Posting, Postings},
    operations::{Limits, Outside, World, Writer, append_many, open_log},
    storage::{self, Address, Connection, EntryRow, Error, PartyRow, PostingRow},
    values::{ChainId, Currency, Day, Digest, EntryId, PartyId},
};

const CHAINS: u64 = 50;
const ROUNDS: usize = 5;
/// Entries in one transaction, and transactions in one round.
const SIZES: [(usize, usize); 3] = [(1, 200), (100, 20), (1_000, 5)];
const CLIENTS: [usize; 2] = [16, 64];
const EACH: usize = 100;

const BARE_SQLITE: &str = "
    CREATE TABLE entry (chain_id BLOB NOT NULL, seq INTEGER NOT NULL, entry_id BLOB NOT NULL UNIQUE, kind INTEGER NOT NULL,
        effective_on INTEGER NOT NULL, recorded_at INTEGER NOT NULL, prev_hash BLOB NOT NULL, hash BLOB NOT NULL,
        body BLOB NOT NULL, PRIMARY KEY (chain_id, seq)) STRICT, WITHOUT ROWID;
    CREATE TABLE posting (chain_id BLOB NOT NULL, seq INTEGER NOT NULL, leg INTEGER NOT NULL, party_id BLOB NOT NULL,
        account INTEGER NOT NULL, currency TEXT NOT NULL, amount_minor TEXT NOT NULL,
        PRIMARY KEY (chain_id, seq, leg)) STRICT, WITHOUT ROWID;";
const BARE_POSTGRES: &str = "
    CREATE TABLE entry (chain_id uuid NOT NULL, seq bigint NOT NULL, entry_id uuid NOT NULL UNIQUE, kind smallint NOT NULL,
        effective_on date NOT NULL, recorded_at bigint NOT NULL, prev_hash bytea NOT NULL, hash bytea NOT NULL,
        body bytea NOT NULL, PRIMARY KEY (chain_id, seq));
    CREATE TABLE posting (chain_id uuid NOT NULL, seq bigint NOT NULL, leg integer NOT NULL, party_id uuid NOT NULL,
        account smallint NOT NULL, currency text NOT NULL, amount_minor numeric(39, 0) NOT NULL,
        PRIMARY KEY (chain_id, seq, leg));";

fn chain(number: u64) -> ChainId {
    ChainId::from_bytes((u128::from(number) + 1).to_be_bytes())
}

fn party(byte: u8) -> PartyId {
    PartyId::from_bytes([byte; 16])
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros().try_into().unwrap()
}

fn random(bytes: &mut [u8]) -> Result<(), String> {
    getrandom::fill(bytes).map_err(|error| error.to_string())
}

/// An entry as a payment records it: two postings and a small payload.
fn draft(amount_minor: i128) -> Draft {
    let leg = |byte, account, amount_minor| Posting {
        party: party(byte),
        account,
        currency: Currency::parse("CNY").unwrap(),
        amount_minor,
    };
    let legs = vec![leg(1, AccountKind::Payable, -amount_minor), leg(2, AccountKind::Receivable, amount_minor)];
    Draft {
        id: EntryId(uuid::Uuid::now_v7()),
        kind: EntryKind::PaymentSent,
        effective_on: Day(20_000),
        recorded_at_micros: now(),
        actor: Digest([7; 32]),
        idempotency: None,
        corrects: None,
        terms: Some(Digest([9; 32])),
        postings: Postings::balanced(legs).unwrap(),
        commitments: Vec::new(),
        payload: br#"{"reference":"0123456789abcdef0123456789abcdef"}"#.to_vec(),
    }
}

/// Entries of one transaction, over a few chains as a bulk operation has them.
fn drafts(count: usize, round: usize) -> Vec<(ChainId, Draft)> {
    (0..count).map(|number| (chain((round * 7 + number / 20) as u64 % CHAINS), draft(number as i128 + 1))).collect()
}

/// A database with tables of ours, and one with bare ones, beside each other.
struct Pair {
    name: &'static str,
    ours: Connection,
    bare: Connection,
    address: Address,
}

fn found(connection: &mut Connection) {
    let mut random = random;
    open_log(connection, &mut Outside::new(now(), &mut random), Some("ledger.example/bench")).unwrap();
    for number in 0..CHAINS {
        storage::chain_head::start(connection, chain(number)).unwrap();
    }
    let row = |byte| PartyRow { party_id: party(byte), name: byte.to_string(), kind: "payer".into(), chain_seq: 1 };
    storage::party::insert(connection, &[row(1), row(2)]).unwrap();
}

fn sqlite(folder: &std::path::Path) -> Pair {
    let open = |name: &str| Address::Sqlite(folder.join(name));
    let address = open("ours.db");
    let (mut ours, mut bare) = (Connection::open(&address).unwrap(), Connection::open(&open("bare.db")).unwrap());
    found(&mut ours);
    let Connection::Sqlite(c) = &mut bare else { unreachable!() };
    c.batch_execute(BARE_SQLITE).unwrap();
    Pair { name: "SQLite", ours, bare, address }
}

fn postgres(server: &str) -> Pair {
    let (place, query) = server.split_once('?').unwrap_or((server, ""));
    let (before, _) = place.rsplit_once('/').unwrap();
    let mut admin = Connection::open(&Address::parse(server).unwrap()).unwrap();
    let mut made = ["ours", "bare"].map(|name| {
        let name = format!("bench_{name}_{}", uuid::Uuid::now_v7().simple());
        let Connection::Postgres(c) = &mut admin else { panic!("no PostgreSQL") };
        c.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
        Address::parse(&format!("{before}/{name}?{query}")).unwrap()
    });
    let [mut ours, mut bare] = [0, 1].map(|at| Connection::open(&made[at]).unwrap());
    found(&mut ours);
    let Connection::Postgres(c) = &mut bare else { unreachable!() };
    c.batch_execute(BARE_POSTGRES).unwrap();
    Pair { name: "PostgreSQL", ours, bare, address: std::mem::replace(&mut made[0], Address::Sqlite("-".into())) }
}

/// The rows that our append stored, to be inserted once more.
fn rows_of(connection: &mut Connection, ids: &[EntryId]) -> (Vec<EntryRow>, Vec<PostingRow>) {
    let entries: Vec<_> = ids.iter().map(|id| storage::entry::find(connection, *id).unwrap().unwrap()).collect();
    let postings =
        entries.iter().flat_map(|row| storage::posting::of_entry(connection, row.chain_id, row.seq).unwrap());
    let postings = postings.collect();
    (entries, postings)
}

fn insert_bare(connection: &mut Connection, rows: &(Vec<EntryRow>, Vec<PostingRow>)) {
    connection
        .transaction(|c| {
            storage::entry::insert(c, &rows.0)?;
            storage::posting::insert(c, &rows.1)
        })
        .map_err(|error: Error| error.to_string())
        .unwrap();
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn per_second(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

/// Ours and bare inserts of the same rows, in turn.
fn appends(pair: &mut Pair) {
    for (size, transactions) in SIZES {
        let (mut of_ours, mut of_bare) = (Vec::new(), Vec::new());
        for round in 0..=ROUNDS {
            let batches: Vec<_> = (0..transactions).map(|number| drafts(size, round * 31 + number)).collect();
            let ids: Vec<Vec<EntryId>> =
                batches.iter().map(|batch| batch.iter().map(|(_, draft)| draft.id).collect()).collect();
            let start = Instant::now();
            for batch in batches {
                append_many(&mut pair.ours, batch).unwrap();
            }
            let ours = start.elapsed();
            let rows: Vec<_> = ids.iter().map(|ids| rows_of(&mut pair.ours, ids)).collect();
            let start = Instant::now();
            rows.iter().for_each(|rows| insert_bare(&mut pair.bare, rows));
            let bare = start.elapsed();
            // The first round warms both up.
            if round > 0 {
                of_ours.push(ours);
                of_bare.push(bare);
            }
        }
        let count = size * transactions;
        let [ours, bare] = [of_ours, of_bare].map(|times| per_second(count, median(times)));
        println!(
            "{:<11} {size:>5} in a transaction: {ours:>8.0} entries/s, bare {bare:>8.0}/s, ratio {:.2}",
            pair.name,
            ours / bare
        );
    }
}

/// How long callers of the writer wait for a durable answer.
fn waits(pair: &Pair) {
    for clients in CLIENTS {
        let world = World { clock: Box::new(now), random: Box::new(random) };
        let writer = Writer::start(pair.address.clone(), Limits::default(), world).unwrap();
        let start = Instant::now();
        let mut waits: Vec<Duration> = thread::scope(|scope| {
            let client = |client: usize| {
                let writer = &writer;
                scope.spawn(move || {
                    let ask = |number: usize| {
                        let chain = chain((client * 13 + number) as u64 % CHAINS);
                        let draft = draft(number as i128 + 1);
                        let start = Instant::now();
                        let place = chain.to_string();
                        let work =
                            move |c: &mut Connection, _: &mut Outside| append_many(c, vec![(chain, draft.clone())]);
                        writer.submit(&place, 500, work).unwrap().wait().unwrap();
                        start.elapsed()
                    };
                    (0..EACH).map(ask).collect::<Vec<_>>()
                })
            };
            let clients: Vec<_> = (0..clients).map(client).collect();
            clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
        });
        let rate = per_second(waits.len(), start.elapsed());
        waits.sort_unstable();
        let at = |share: usize| waits[(waits.len() - 1) * share / 100].as_secs_f64() * 1_000.0;
        println!(
            "{:<11} {clients:>3} callers of the writer: {rate:>8.0} answers/s, half within {:.1} ms, 99 of 100 within {:.1} ms",
            pair.name,
            at(50),
            at(99)
        );
        writer.stop().unwrap();
    }
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let mut pairs = vec![sqlite(folder.path())];
    match env::var("OUTCOME_LEDGER_BENCH_POSTGRES") {
        Ok(server) => pairs.push(postgres(&server)),
        Err(_) => println!("PostgreSQL is left out: OUTCOME_LEDGER_BENCH_POSTGRES names no server"),
    }
    for pair in &mut pairs {
        appends(pair);
        waits(pair);
    }
}
