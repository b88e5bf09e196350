//! How much the interface over HTTP costs: reads and single writes beside a bare handler of actix and diesel that runs the same
//! query, or inserts rows of the same bytes into tables with the same keys and nothing else.
//!
//! `cargo bench --bench service` prints, for SQLite and for the PostgreSQL server that `OUTCOME_LEDGER_TEST_POSTGRES` names, at 1,
//! 16 and 128 connections: requests per second, how long half and 99 of 100 took, and the ratio to the bare handler; then
//! the memory of the process over 100,000 requests. Rounds of both alternate. Ours signs in, asks the table of access, keeps
//! the request under its idempotency key and hashes what it writes; the bare handler does none of it. The clients are
//! threads of the same process. Ratios of one run can be compared; machines differ.
#![allow(
    clippy::print_stdout,
    clippy::float_arithmetic,
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark prints times"
)]

use std::{
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    sync::{
        Arc, Barrier,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use actix_web::{App, HttpResponse, HttpServer, rt::System, web};
use diesel::{RunQueryDsl, connection::SimpleConnection, sql_query, sql_types::Binary};
use outcome_ledger::{
    api::{
        Config, Gate,
        sign_in::{Expected, Keys, LocalKey},
        start,
    },
    operations::{Outside, Proposal, open_log, propose_contract, register_party},
    storage::{Address, Connection, Error, Pool, migrate, overview},
};
use serde_json::json;

const ORIGIN: &str = "ledger.example/bench";
const CONNECTIONS: [usize; 3] = [1, 16, 128];
const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_secs(2);
const DOCUMENT: &str = "
format: 1
id: bench
currency: CNY
parties: { maker: { is: manufacturer }, payer: { is: insurer } }
term: { start: 2025-01-01, end: 2027-12-31 }
subject: { is: patient, fields: { age: number } }
facts: { relapse: {} }
clauses:
  rebate: { pays: maker to payer, per: subject, when: age >= 18, due: as_of, amount: 10 CNY }
";

// Registering a party writes an entry, the party, the receipt of the request, and moves a head.
const BARE_SQLITE: &str = "
    CREATE TABLE bare_head (chain_id BLOB PRIMARY KEY, seq INTEGER NOT NULL, hash BLOB NOT NULL) STRICT, WITHOUT ROWID;
    INSERT INTO bare_head VALUES (x'00', 0, zeroblob(32));
    CREATE TABLE bare_entry (entry_id BLOB PRIMARY KEY, body BLOB NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE bare_party (party_id BLOB PRIMARY KEY, name BLOB NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE bare_receipt (idempotency BLOB PRIMARY KEY, answer BLOB NOT NULL) STRICT, WITHOUT ROWID;";
const BARE_POSTGRES: &str = "
    CREATE TABLE bare_head (chain_id bytea PRIMARY KEY, seq bigint NOT NULL, hash bytea NOT NULL);
    INSERT INTO bare_head VALUES ('\\x00', 0, decode(repeat('00', 32), 'hex'));
    CREATE TABLE bare_entry (entry_id bytea PRIMARY KEY, body bytea NOT NULL);
    CREATE TABLE bare_party (party_id bytea PRIMARY KEY, name bytea NOT NULL);
    CREATE TABLE bare_receipt (idempotency bytea PRIMARY KEY, answer bytea NOT NULL);";
/// Bytes of an entry with its columns, of a party, and of a receipt.
const ENTRY: usize = 420;
const PARTY: usize = 40;
const RECEIPT: usize = 260;

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros().try_into().unwrap()
}

fn random(bytes: &mut [u8]) -> Result<(), String> {
    getrandom::fill(bytes).map_err(|error| error.to_string())
}

fn found(address: &Address) {
    let mut connection = Connection::open(address).unwrap();
    migrate::run(&mut connection).unwrap();
    let mut random = random;
    let outside = &mut Outside::new(now(), &mut random);
    open_log(&mut connection, outside, Some(ORIGIN)).unwrap();
    for (name, is) in [("Maker", "manufacturer"), ("Payer", "insurer"), ("Operator", "operator")] {
        register_party(&mut connection, outside, name, is).unwrap();
    }
    let parties = [("maker", "Maker"), ("payer", "Payer")].map(|(role, name)| (role.to_owned(), name.to_owned()));
    let files = &|_: &str| Err("none".to_owned());
    let settings = Default::default();
    let proposal = Proposal { name: None, file: "bench", document: DOCUMENT, files, settings, parties: parties.into() };
    propose_contract(&mut connection, outside, proposal).unwrap();
}

/// Runs a server for the rest of the program; gives its address.
fn serve(run: impl FnOnce(mpsc::Sender<SocketAddr>) + Send + 'static) -> SocketAddr {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || run(tell));
    told.recv().unwrap()
}

fn ours(address: Address, key: &LocalKey) -> SocketAddr {
    let mut config = Config { listen: SocketAddr::from(([127, 0, 0, 1], 0)), ..Config::default() };
    config.limits.requests_per_second = u32::MAX / 2;
    config.limits.requests_at_once = u32::MAX / 2;
    let expected = Expected { issuer: ORIGIN.into(), audience: ORIGIN.into(), skew_seconds: 0 };
    let keys = Keys::fixed(key.key_set().unwrap(), expected);
    let gate = web::Data::new(Gate::open(&config, address, keys).unwrap());
    serve(move |tell| {
        System::new().block_on(async {
            let running = start(&config, gate).unwrap();
            tell.send(running.addresses[0]).unwrap();
            running.server.await.unwrap();
        });
    })
}

async fn bare_read(pool: web::Data<Pool>) -> HttpResponse {
    let found = web::block(move || {
        let mut connection = pool.lend().unwrap();
        let headline = overview::find(&mut connection, "bench").unwrap().unwrap();
        let parts = overview::parts(&mut connection, &[headline.contract_id]).unwrap();
        (headline, parts)
    });
    let (headline, parts) = found.await.unwrap();
    let part = |part: &overview::Part| json!({ "role": part.role, "party": part.name, "is": part.kind });
    let parts: Vec<_> = parts.iter().map(part).collect();
    HttpResponse::Ok()
        .json(json!({ "name": headline.name, "digest": headline.digest.to_string(), "state": headline.state,
        "position": headline.seq, "hash": headline.hash.to_string(), "roles": parts }))
}

fn insert(connection: &mut Connection) -> Result<(), Error> {
    let mut row = [0; 16 + 32 + ENTRY];
    random(&mut row).unwrap();
    let (id, rest) = row.split_at(16);
    let (key, bytes) = rest.split_at(32);
    let head = "UPDATE bare_head SET seq = seq + 1, hash = $1";
    let statements = [("entry", id, ENTRY), ("party", id, PARTY), ("receipt", key, RECEIPT)];
    connection.transaction(|connection| {
        match connection {
            Connection::Sqlite(c) => drop(sql_query(head).bind::<Binary, _>(key).execute(c)?),
            Connection::Postgres(c) => drop(sql_query(head).bind::<Binary, _>(key).execute(c)?),
        }
        for (table, id, size) in statements {
            let insert = sql_query(format!("INSERT INTO bare_{table} VALUES ($1, $2)"));
            let insert = insert.bind::<Binary, _>(id).bind::<Binary, _>(&bytes[..size]);
            match connection {
                Connection::Sqlite(c) => drop(insert.execute(c)?),
                Connection::Postgres(c) => drop(insert.execute(c)?),
            }
        }
        Ok(())
    })
}

async fn bare_write(pool: web::Data<Pool>, body: web::Json<serde_json::Value>) -> HttpResponse {
    let done = web::block(move || insert(&mut pool.lend().unwrap()));
    match done.await.unwrap() {
        Ok(()) => HttpResponse::Created().json(body.into_inner()),
        Err(error) => HttpResponse::ServiceUnavailable().body(error.to_string()),
    }
}

fn bare(address: Address) -> SocketAddr {
    let pool = Pool::new(address, Config::default().connections);
    serve(move |tell| {
        System::new().block_on(async {
            let app = move || {
                let app = App::new().app_data(web::Data::new(pool.clone()));
                app.route("/read", web::get().to(bare_read)).route("/write", web::post().to(bare_write))
            };
            let server = HttpServer::new(app).workers(Config::default().workers).bind("127.0.0.1:0").unwrap();
            tell.send(server.addrs()[0]).unwrap();
            server.run().await.unwrap();
        });
    })
}

/// A request of one of many clients.
type Request = Arc<dyn Fn() -> String + Send + Sync>;

fn request(method: &str, path: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    )
}

/// Sends a request on a kept connection; true when it was answered with 2xx.
fn ask(stream: &mut BufReader<TcpStream>, request: &str) -> bool {
    stream.get_mut().write_all(request.as_bytes()).unwrap();
    let (mut line, mut length, mut good) = (String::new(), 0, false);
    loop {
        line.clear();
        stream.read_line(&mut line).unwrap();
        match line.split_once(": ") {
            _ if line.starts_with("HTTP/") => good = line.as_bytes()[9] == b'2',
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().unwrap()
            }
            None if line.len() <= 2 => break,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    good
}

#[derive(Default)]
struct Round {
    answered: usize,
    refused: usize,
    seconds: f64,
    waits: Vec<Duration>,
}

/// Some connections that ask without pause until the time is over, or so many requests were made.
fn round(server: SocketAddr, connections: usize, until: Duration, most: usize, request: &Request) -> Round {
    let barrier = Barrier::new(connections + 1);
    thread::scope(|scope| {
        let client = || {
            let mut stream = TcpStream::connect(server).unwrap();
            stream.set_nodelay(true).unwrap();
            stream.flush().unwrap();
            let mut stream = BufReader::new(stream);
            barrier.wait();
            let (start, mut waits, mut refused) = (Instant::now(), Vec::new(), 0);
            while start.elapsed() < until && waits.len() < most {
                let request = request();
                let asked = Instant::now();
                refused += usize::from(!ask(&mut stream, &request));
                waits.push(asked.elapsed());
            }
            (waits, refused)
        };
        let clients: Vec<_> = (0..connections).map(|_| scope.spawn(client)).collect();
        barrier.wait();
        let start = Instant::now();
        let mut round = Round::default();
        for client in clients {
            let (waits, refused) = client.join().unwrap();
            round.waits.extend(waits);
            round.refused += refused;
        }
        round.seconds = start.elapsed().as_secs_f64();
        round.answered = round.waits.len() - round.refused;
        round
    })
}

fn told(waits: &mut [Duration]) -> String {
    waits.sort_unstable();
    let at = |share: usize| waits[(waits.len() - 1) * share / 100].as_secs_f64() * 1_000.0;
    format!("{:>7.2} ms, {:>8.2} ms", at(50), at(99))
}

fn compare(what: &str, of_ours: (SocketAddr, &Request), of_bare: (SocketAddr, &Request)) {
    for connections in CONNECTIONS {
        let mut rounds = [Round::default(), Round::default()];
        for number in 0..=ROUNDS {
            for (sum, (server, request)) in rounds.iter_mut().zip([of_ours, of_bare]) {
                let one = round(server, connections, ROUND, usize::MAX, request);
                // The first round warms both up.
                if number > 0 {
                    sum.answered += one.answered;
                    sum.refused += one.refused;
                    sum.seconds += one.seconds;
                    sum.waits.extend(one.waits);
                }
            }
        }
        let [ours, bare] = &mut rounds;
        let [rate, bare_rate] = [&*ours, &*bare].map(|round| round.answered as f64 / round.seconds);
        println!(
            "{what:<18} {connections:>3} connections: {rate:>6.0}/s {}; bare {bare_rate:>6.0}/s {}; ratio {:.2}{}",
            told(&mut ours.waits),
            told(&mut bare.waits),
            rate / bare_rate,
            if ours.refused + bare.refused == 0 {
                String::new()
            } else {
                format!("; not answered with 2xx: ours {}, bare {}", ours.refused, bare.refused)
            }
        );
    }
}

fn resident_mb() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("0 kB");
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap_or_default() / 1_024
}

fn run(name: &str, address: Address, key: &LocalKey) {
    found(&address);
    match &mut Connection::open(&address).unwrap() {
        Connection::Sqlite(c) => c.batch_execute(BARE_SQLITE).unwrap(),
        Connection::Postgres(c) => c.batch_execute(BARE_POSTGRES).unwrap(),
    }
    let (ours, bare) = (ours(address.clone(), key), bare(address));
    let token = key.token(ORIGIN, "Operator", 600, now()).unwrap();
    let bearer = format!("Authorization: Bearer {token}\r\n");
    let read = request("GET", "/api/v1/contracts/bench", &bearer, "");
    let read: Request = Arc::new(move || read.clone());
    let bare_read: Request = Arc::new(|| request("GET", "/read", "", ""));
    compare(&format!("{name} reads"), (ours, &read), (bare, &bare_read));
    let number = AtomicU64::new(0);
    let write: Request = Arc::new(move || {
        let number = number.fetch_add(1, Ordering::Relaxed);
        let body = json!({ "name": format!("Party {number}"), "is": "provider" }).to_string();
        request("POST", "/api/v1/parties", &format!("{bearer}Idempotency-Key: k{number}\r\n"), &body)
    });
    let bare_write: Request = Arc::new(|| request("POST", "/write", "", r#"{"name":"Party","is":"provider"}"#));
    compare(&format!("{name} writes"), (ours, &write), (bare, &bare_write));
    round(ours, 16, Duration::MAX, 1_250, &read);
    let before = resident_mb();
    round(ours, 16, Duration::MAX, 6_250, &read);
    println!(
        "{name} memory after 20,000 reads {before} MB, after 100,000 more {} MB (server and clients)",
        resident_mb()
    );
}

fn main() {
    let folder = tempfile::tempdir_in(".").unwrap();
    let key = LocalKey::open(&folder.path().join("key"), &mut random).unwrap();
    run("SQLite", Address::Sqlite(folder.path().join("ledger.db")), &key);
    match env::var("OUTCOME_LEDGER_TEST_POSTGRES") {
        Ok(server) if server != "skip" => {
            let name = format!("service_{}", std::process::id());
            let Connection::Postgres(mut admin) = Connection::open(&Address::parse(&server).unwrap()).unwrap() else {
                panic!("no PostgreSQL")
            };
            sql_query(format!("CREATE DATABASE {name} TEMPLATE template0")).execute(&mut admin).unwrap();
            let (place, query) = server.split_once('?').unwrap_or((&server, ""));
            let address = format!("{}/{name}?{query}", place.rsplit_once('/').unwrap().0);
            run("PostgreSQL", Address::parse(&address).unwrap(), &key);
        }
        _ => println!("PostgreSQL: left out, OUTCOME_LEDGER_TEST_POSTGRES is not set"),
    }
    // The servers run until the process ends.
    std::process::exit(0);
}
