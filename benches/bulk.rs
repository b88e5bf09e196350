//! How fast one big report of facts is recorded, end to end: from the bytes of a CSV file through checks, commitments,
//! sealing and the tree of the batch to a durable entry with all its rows.
//!
//! `cargo bench --bench bulk` prints facts per second beside bare multi-row inserts of the same bytes into a table without
//! keys or triggers, both in one run on the same disk, the time of processors, and the peak of memory while recording. `bash .ci/test cargo bench --bench bulk` brings PostgreSQL too.
//! Figures of one run can be compared; machines differ.
#![allow(
    clippy::print_stdout,
    clippy::float_arithmetic,
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark prints times"
)]

use std::{collections::BTreeMap, env, time::Instant};

use diesel::{
    RunQueryDsl,
    connection::SimpleConnection,
    sql_query,
    sql_types::{Array, Binary},
};
use outcome_ledger::{
    operations::{
        FactReport, FactSheet, Outside, Proposal, Sheet, activate_contract, enrol_subjects, open_log, propose_contract,
        register_party, report_facts, sign_contract,
    },
    storage::{self, Address, Connection, migrate},
};

const SIZES: [usize; 2] = [100_000, 1_000_000];
const DOCUMENT: &str = "
format: 1
id: bulk
currency: CNY
parties: { maker: { is: manufacturer }, payer: { is: insurer } }
term: { start: 2025-01-01, end: 2027-12-31 }
subject: { is: patient, fields: { age: number } }
facts: { dispensing: { fields: { units: number, paid: money } } }
clauses:
  rebate: { pays: maker to payer, per: subject, when: age >= 18, due: as_of, amount: 10% * sum(dispensing.paid) }
";

/// The bytes that are stored in the clear for each fact: contract, name, subject, commitment, position, item.
const IN_THE_CLEAR: usize = 16 + 16 + 16 + 32 + 8 + 4;

fn main() {
    for size in SIZES {
        let folder = tempfile::tempdir_in(env::var("BULK_FOLDER").unwrap_or_else(|_| ".".into())).unwrap();
        run("SQLite", size, &|name| Address::Sqlite(folder.path().join(format!("{name}.db"))));
        match env::var("OUTCOME_LEDGER_TEST_POSTGRES") {
            Ok(server) if server != "skip" => run("PostgreSQL", size, &|name| on_server(&server, name)),
            _ => println!("PostgreSQL {size:>9}: left out, OUTCOME_LEDGER_TEST_POSTGRES is not set"),
        }
    }
}

fn on_server(server: &str, name: &str) -> Address {
    let name = format!("bulk_{name}_{}", std::process::id());
    let Connection::Postgres(mut admin) = Connection::open(&Address::parse(server).unwrap()).unwrap() else { panic!() };
    sql_query(format!("DROP DATABASE IF EXISTS {name}")).execute(&mut admin).unwrap();
    sql_query(format!("CREATE DATABASE {name} TEMPLATE template0")).execute(&mut admin).unwrap();
    let (place, query) = server.split_once('?').unwrap_or((server, ""));
    Address::parse(&format!("{}/{name}?{query}", place.rsplit_once('/').unwrap().0)).unwrap()
}

fn run(database: &str, size: usize, address: &dyn Fn(&str) -> Address) {
    let mut connection = Connection::open(&address("ledger")).unwrap();
    let recorded = recorded(&mut connection, size);
    let chain = storage::contract::list(&mut connection).unwrap()[0].contract_id;
    let bytes = storage::fact::of_contract(&mut connection, chain).unwrap()[0].sealed.as_ref().unwrap().len();
    drop(connection);
    let bare = bare(&mut Connection::open(&address("bare")).unwrap(), size, bytes + IN_THE_CLEAR);
    println!(
        "{database:<10} {size:>9} facts of {} bytes: {:>8.0} facts/s, bare {:>8.0} rows/s, ratio {:.2}; \
         {:.1} µs of processors for a fact; peak memory {} MB",
        bytes + IN_THE_CLEAR,
        size as f64 / recorded.seconds,
        size as f64 / bare,
        bare / recorded.seconds,
        recorded.processor * 1e6 / size as f64,
        recorded.memory_mb
    );
}

fn peak_memory_mb() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB");
    (line.trim().trim_end_matches(" kB").parse::<usize>().unwrap_or_default() / 1_024).to_string()
}

/// Records a report.
fn recorded(connection: &mut Connection, size: usize) -> Figures {
    migrate::run(connection).unwrap();
    let mut random = |bytes: &mut [u8]| getrandom::fill(bytes).map_err(|error| error.to_string());
    let outside = &mut Outside::new(1_767_225_600_000_000, &mut random);
    open_log(connection, outside, Some("ledger.example/bulk")).unwrap();
    register_party(connection, outside, "Maker", "manufacturer").unwrap();
    register_party(connection, outside, "Payer", "insurer").unwrap();
    let parties: BTreeMap<_, _> =
        [("maker", "Maker"), ("payer", "Payer")].map(|(role, name)| (role.to_owned(), name.to_owned())).into();
    let files = &|_: &str| Err("none".to_owned());
    let proposal = Proposal { name: None, file: "bulk", document: DOCUMENT, files, settings: BTreeMap::new(), parties };
    propose_contract(connection, outside, proposal).unwrap();
    sign_contract(connection, outside, "bulk", "maker").unwrap();
    sign_contract(connection, outside, "bulk", "payer").unwrap();
    activate_contract(connection, outside, "bulk").unwrap();
    let subjects: String = (0..size / 10).map(|at| format!("patient-{at:07},2025-01-10,55\n")).collect();
    let sheet = |file: &str, text: String| Sheet::csv(file, text);
    let subjects = sheet("subjects.csv", format!("subject,enrolled_on,age\n{subjects}"));
    enrol_subjects(connection, outside, "bulk", &subjects).unwrap();
    let fact = |at: usize| {
        format!("patient-{:07},2025-{:02}-{:02},21,{}.50\n", at % (size / 10), at % 12 + 1, at % 28 + 1, at)
    };
    let facts: String = (0..size).map(fact).collect();
    let sheet = sheet("dispensing.csv", format!("subject,on,units,paid\n{facts}"));
    let recorded = vec![FactSheet { kind: "dispensing".into(), sheet }];
    let report = FactReport { recorded, ..FactReport::default() };
    // What the making of the files took is not counted.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let (start, before) = (Instant::now(), processor_seconds());
    report_facts(connection, outside, "bulk", &report).unwrap();
    Figures {
        seconds: start.elapsed().as_secs_f64(),
        processor: processor_seconds() - before,
        memory_mb: peak_memory_mb(),
    }
}

/// What recording a report took.
struct Figures {
    seconds: f64,
    /// On all cores together; of a server's work nothing is seen.
    processor: f64,
    memory_mb: String,
}

/// Seconds that this process has had processors, in user mode and in the kernel.
fn processor_seconds() -> f64 {
    let times = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = times.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks: f64 = [11, 12].map(|at| fields.get(at).and_then(|field| field.parse().ok()).unwrap_or(0.0)).iter().sum();
    ticks / 100.0
}

/// Seconds to insert as many rows of so many bytes, a hundred in a statement, in one durable transaction.
fn bare(connection: &mut Connection, size: usize, bytes: usize) -> f64 {
    const AT_ONCE: usize = 100;
    let row = vec![7_u8; bytes];
    let places = |n: usize| (0..n).map(|_| "(?)").collect::<Vec<_>>().join(", ");
    match connection {
        Connection::Sqlite(c) => c.batch_execute("CREATE TABLE bare (row BLOB NOT NULL) STRICT").unwrap(),
        Connection::Postgres(c) => c.batch_execute("CREATE TABLE bare (row bytea NOT NULL)").unwrap(),
    }
    let start = Instant::now();
    connection
        .transaction(|connection| {
            for _ in 0..size / AT_ONCE {
                match connection {
                    Connection::Sqlite(c) => {
                        let query = sql_query(format!("INSERT INTO bare VALUES {}", places(AT_ONCE))).into_boxed();
                        let query = (0..AT_ONCE).fold(query, |query, _| query.bind::<Binary, _>(&row));
                        query.execute(c).map_err(storage::Error::from)?;
                    }
                    Connection::Postgres(c) => {
                        let rows = vec![&row; AT_ONCE];
                        let query =
                            sql_query("INSERT INTO bare SELECT * FROM unnest($1)").bind::<Array<Binary>, _>(rows);
                        query.execute(c).map_err(storage::Error::from)?;
                    }
                }
            }
            Ok::<_, storage::Error>(())
        })
        .unwrap();
    start.elapsed().as_secs_f64()
}
