//! The writer: many callers, common transactions, and answers that are true whatever happens to the connection.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use outcome_ledger::{
    ledger::{Draft, EntryKind, Postings},
    operations::{Error, Limits, Outside, Receipt, Reply, World, Writer, append_many, register_party, verify_log},
    storage::{self, Address, Connection},
    values::{ChainId, Day, Digest, EntryId},
};

use super::{
    databases::{Database, execute, on_each, on_postgres, server},
    deal,
};

/// Time that goes on by a microsecond, and random bytes of this machine.
pub fn world() -> World {
    let mut now = 1_800_000_000_000_000;
    let clock = move || {
        now += 1;
        now
    };
    let random = |bytes: &mut [u8]| getrandom::fill(bytes).map_err(|error| error.to_string());
    World { clock: Box::new(clock), random: Box::new(random) }
}

fn start(database: &Database, limits: Limits) -> Writer {
    Writer::start(database.address.clone(), limits, world()).unwrap()
}

fn register(writer: &Writer, name: String) -> Result<Reply<Receipt>, Error> {
    writer.submit("", name.len(), move |c, outside| Ok(register_party(c, outside, &name, "insurer")?.receipt))
}

/// Parties that the tests registered, by name.
fn parties(c: &mut Connection) -> Vec<String> {
    let rows = storage::party::list(c).unwrap();
    rows.into_iter().map(|row| row.name).filter(|name| name.starts_with("writer ")).collect()
}

#[test]
fn many_callers_are_answered_after_the_commit() {
    on_each(|database| {
        deal::found(&mut database.connect());
        let writer = start(database, Limits::default());
        let mut positions: Vec<u64> = thread::scope(|scope| {
            let caller = |caller| {
                let (writer, database) = (&writer, &database);
                scope.spawn(move || {
                    let mut reader = database.connect();
                    let mut positions = Vec::new();
                    for number in 0..10 {
                        let receipt = register(writer, format!("writer {caller} {number}")).unwrap().wait().unwrap();
                        let stored = storage::entry::find(&mut reader, receipt.entry).unwrap();
                        assert!(stored.is_some(), "answered before the commit");
                        positions.push(receipt.position);
                    }
                    positions
                })
            };
            let callers: Vec<_> = (0..8).map(caller).collect();
            callers.into_iter().flat_map(|caller| caller.join().unwrap()).collect()
        });
        writer.stop().unwrap();
        positions.sort_unstable();
        // The first two positions of the network's chain are those of the deal's parties.
        assert_eq!(positions, (3..=82).collect::<Vec<_>>());
        assert!(verify_log(&mut database.connect()).unwrap().valid);
    });
}

/// Holds the writer until it is let go, so that what is submitted meanwhile becomes one transaction.
fn hold(writer: &Writer) -> (mpsc::Sender<()>, Reply<()>) {
    let (go, wait) = mpsc::channel::<()>();
    let (entered, inside) = mpsc::channel();
    let held = writer.submit("", 0, move |_, _| {
        let _ = entered.send(());
        let _ = wait.recv();
        Ok(())
    });
    let held = held.unwrap();
    inside.recv().unwrap();
    (go, held)
}

#[test]
fn a_command_that_fails_leaves_nothing_and_harms_nobody() {
    on_each(|database| {
        deal::found(&mut database.connect());
        let writer = start(database, Limits::default());
        let (go, held) = hold(&writer);
        let before = register(&writer, "writer before".into()).unwrap();
        let late = writer.submit::<()>("", 0, |c, outside| {
            register_party(c, outside, "writer undone", "insurer")?;
            Err(Error::Stored("after writing".into()))
        });
        let broken = writer.submit::<()>("", 0, |c, outside| {
            register_party(c, outside, "writer broken", "insurer")?;
            panic!("a test that breaks off");
        });
        let wrong = writer.submit("", 0, |c, outside| {
            // An error of the database ends a transaction of PostgreSQL unless it is undone.
            let twice = storage::chain_head::start(c, ChainId::from_bytes([5; 16]))
                .and_then(|_| storage::chain_head::start(c, ChainId::from_bytes([5; 16])));
            twice.map(drop)?;
            register_party(c, outside, "writer wrong", "insurer")
        });
        let after = register(&writer, "writer after".into()).unwrap();
        go.send(()).unwrap();
        held.wait().unwrap();
        assert!(before.wait().is_ok() && after.wait().is_ok());
        assert!(matches!(late.unwrap().wait(), Err(Error::Stored(reason)) if reason == "after writing"));
        assert!(matches!(broken.unwrap().wait(), Err(Error::Stored(reason)) if reason.contains("broke off")));
        assert!(matches!(wrong.unwrap().wait(), Err(Error::Storage(storage::Error::Exists(_)))));
        writer.stop().unwrap();
        let c = &mut database.connect();
        assert_eq!(parties(c), ["writer after", "writer before"]);
        assert!(storage::chain_head::load(c, ChainId::from_bytes([5; 16])).unwrap().is_none());
        assert!(verify_log(c).unwrap().valid);
    });
}

#[test]
fn a_full_queue_turns_callers_away_and_loses_nobody() {
    on_each(|database| {
        deal::found(&mut database.connect());
        let limits = Limits { waiting: 3, waiting_bytes: 1_000, ..Limits::default() };
        let writer = start(database, limits);
        let (go, held) = hold(&writer);
        let large = writer.submit("", 1_001, |_, _| Ok(()));
        assert!(matches!(large, Err(Error::QueueFull { retry_after: 1.. })), "too many bytes");
        let taken: Vec<_> = (0..3).map(|number| register(&writer, format!("writer {number}")).unwrap()).collect();
        for _ in 0..5 {
            let refused = register(&writer, "writer refused".into());
            assert!(matches!(refused, Err(Error::QueueFull { .. })), "too many commands");
        }
        go.send(()).unwrap();
        held.wait().unwrap();
        for reply in taken {
            reply.wait().unwrap();
        }
        // Who is turned away holds no place: everything fits again.
        writer.submit("", 1_000, |_, _| Ok(())).unwrap().wait().unwrap();
        writer.stop().unwrap();
        assert_eq!(parties(&mut database.connect()), ["writer 0", "writer 1", "writer 2"]);
    });
}

#[test]
fn stopping_writes_what_waits() {
    on_each(|database| {
        deal::found(&mut database.connect());
        let writer = start(database, Limits { batch: 7, batch_time: Duration::ZERO, ..Limits::default() });
        let replies: Vec<_> = (0..30).map(|number| register(&writer, format!("writer {number}")).unwrap()).collect();
        writer.stop().unwrap();
        assert!(replies.into_iter().all(|reply| reply.wait().is_ok()));
        assert_eq!(parties(&mut database.connect()).len(), 30);
    });
}

#[test]
fn commands_are_carried_out_in_the_order_of_places() {
    on_each(|database| {
        deal::found(&mut database.connect());
        let writer = start(database, Limits::default());
        let (go, held) = hold(&writer);
        let (done, order) = mpsc::channel();
        let replies = ["c 1", "a 1", "b 1", "a 2", "c 2"].map(|name| {
            let done = done.clone();
            writer.submit(&name[..1], 0, move |_, _| Ok(done.send(name).is_ok())).unwrap()
        });
        go.send(()).unwrap();
        held.wait().unwrap();
        assert!(replies.into_iter().all(|reply| reply.wait().unwrap()));
        assert_eq!(order.try_iter().collect::<Vec<_>>(), ["a 1", "a 2", "b 1", "c 1", "c 2"]);
    });
}

fn draft(outside_id: u8, number: u8) -> Draft {
    let mut id = [outside_id; 16];
    id[15] = number;
    Draft {
        id: EntryId::from_bytes(id),
        kind: EntryKind::ContractProposed,
        effective_on: Day(20_000),
        recorded_at_micros: 1_800_000_000_000_000,
        actor: Digest::ZERO,
        idempotency: None,
        corrects: None,
        terms: None,
        postings: Postings::NONE,
        commitments: Vec::new(),
        payload: vec![number],
    }
}

#[test]
fn many_entries_of_several_chains_go_in_together() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::found(c);
        let chains = [9, 2, 5].map(|byte| ChainId::from_bytes([byte; 16]));
        for chain in chains {
            storage::chain_head::start(c, chain).unwrap();
        }
        let drafts: Vec<_> = (0..60).map(|number| (chains[usize::from(number % 3)], draft(1, number))).collect();
        let receipts = append_many(c, drafts).unwrap();
        for (number, receipt) in receipts.iter().enumerate() {
            assert_eq!((receipt.chain, receipt.position), (chains[number % 3], number as u64 / 3 + 1));
        }
        let unknown = ChainId::from_bytes([7; 16]);
        let refused = append_many(c, vec![(chains[0], draft(2, 0)), (unknown, draft(2, 1))]);
        assert!(matches!(refused, Err(Error::Stored(_))), "{refused:?}");
        let twice = append_many(c, vec![(chains[0], draft(3, 0)), (chains[1], draft(3, 0))]);
        assert!(matches!(twice, Err(Error::Storage(storage::Error::Exists(_)))), "{twice:?}");
        for chain in chains {
            let head = storage::chain_head::load(c, chain).unwrap().unwrap();
            let last = storage::entry::page(c, chain, 19, 10).unwrap();
            assert_eq!((head.seq, head.hash, last.len()), (20, last[0].hash, 1));
        }
        // Links, hashes and heads fit; that the entries mean nothing is another matter.
        let verified = verify_log(c).unwrap();
        let of_journal = ["entry", "chain_head", "posting"];
        let broken = verified.findings.iter().filter(|finding| of_journal.contains(&finding.table));
        let broken: Vec<_> = broken.filter(|finding| finding.code != "life.differs").collect();
        assert!(broken.iter().all(|finding| finding.code.starts_with("payload")), "{broken:#?}");
    });
}

/// A server between the writer and the real one, which breaks the line at the first commit after `armed` is set: after
/// the server has carried it out, before the writer hears of it.
fn unreliable_line(server: String, armed: &'static AtomicBool) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for client in listener.incoming() {
            let (client, server) = (client.unwrap(), TcpStream::connect(&server).unwrap());
            let (from_client, to_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            let committing: &'static AtomicBool = Box::leak(Box::new(AtomicBool::new(false)));
            thread::spawn(move || {
                pass(from_client, to_server, |bytes| {
                    let commits = bytes.windows(6).any(|word| word == b"COMMIT") && armed.swap(false, Ordering::SeqCst);
                    committing.fetch_or(commits, Ordering::SeqCst);
                    true
                });
            });
            thread::spawn(move || pass(server, client, |_| !committing.load(Ordering::SeqCst)));
        }
    });
    port
}

/// Passes bytes on until `passes` says no; closes both ends then.
fn pass(mut from: TcpStream, mut to: TcpStream, passes: impl Fn(&[u8]) -> bool) {
    let mut buffer = [0; 65_536];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        if !passes(&buffer[..length]) || to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

fn through(port: u16, name: &str) -> (Address, String) {
    let server = server().unwrap();
    let (before, rest) = server.rsplit_once('@').unwrap();
    let (place, _) = rest.split_once('/').unwrap();
    let url = format!("{before}@127.0.0.1:{port}/{name}?sslmode=disable");
    (Address::parse(&url).unwrap(), place.to_owned())
}

#[test]
fn a_commit_that_was_carried_out_but_not_answered_is_a_success() {
    static ARMED: AtomicBool = AtomicBool::new(false);
    on_postgres(|database| {
        storage::migrate::run(&mut database.connect()).unwrap();
        deal::found(&mut database.connect());
        let name = database.address.to_string();
        let name = name.rsplit('/').next().unwrap().split('?').next().unwrap().to_owned();
        let (_, place) = through(1, &name);
        let port = unreliable_line(place, &ARMED);
        let writer = Writer::start(through(port, &name).0, Limits::default(), world()).unwrap();
        register(&writer, "writer first".into()).unwrap().wait().unwrap();
        ARMED.store(true, Ordering::SeqCst);
        let receipt = register(&writer, "writer unanswered".into()).unwrap().wait().unwrap();
        assert!(!ARMED.load(Ordering::SeqCst), "the line was not broken");
        assert_eq!(register(&writer, "writer last".into()).unwrap().wait().unwrap().position, receipt.position + 1);
        writer.stop().unwrap();
        let c = &mut database.connect();
        assert_eq!(parties(c), ["writer first", "writer last", "writer unanswered"]);
        assert!(verify_log(c).unwrap().valid);
    });
}

/// A commit during which the server ends the connection is undone; the writer finds no entry and tries again.
#[test]
fn a_commit_that_was_not_carried_out_is_tried_again() {
    on_postgres(|database| {
        storage::migrate::run(&mut database.connect()).unwrap();
        let c = &mut database.connect();
        deal::found(c);
        let writer = start(database, Limits::default());
        for statement in [
            "CREATE SEQUENCE ends",
            "CREATE FUNCTION end_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF nextval('ends') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
                RETURN NULL; END $$",
            "CREATE CONSTRAINT TRIGGER end_once AFTER INSERT ON entry DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION end_once()",
        ] {
            execute(c, statement).unwrap();
        }
        let receipt = register(&writer, "writer tried".into()).unwrap().wait().unwrap();
        assert_eq!(receipt.position, 3);
        writer.stop().unwrap();
        assert_eq!(parties(c), ["writer tried"]);
        assert!(verify_log(c).unwrap().valid);
    });
}

/// Two writers on one PostgreSQL take turns on a chain that both need, and lose nothing.
#[test]
fn writers_on_one_database_take_turns() {
    on_each(|database| {
        deal::found(&mut database.connect());
        let writers = [0, 1].map(|_| start(database, Limits::default()));
        let registered: usize = thread::scope(|scope| {
            let caller = |caller: usize| {
                let writer = &writers[caller % 2];
                scope.spawn(move || {
                    let names = (0..20).map(|number| format!("writer {caller} {number}"));
                    names.filter(|name| register(writer, name.clone()).unwrap().wait().is_ok()).count()
                })
            };
            let callers: Vec<_> = (0..8).map(caller).collect();
            callers.into_iter().map(|caller| caller.join().unwrap()).sum()
        });
        for writer in writers {
            writer.stop().unwrap();
        }
        let c = &mut database.connect();
        assert_eq!((registered, parties(c).len()), (160, 160));
        assert!(verify_log(c).unwrap().valid);
    });
}

#[test]
fn a_writer_gives_each_command_a_time_of_its_own() {
    on_each(|database| {
        deal::found(&mut database.connect());
        let writer = start(database, Limits::default());
        let now = |writer: &Writer| {
            writer.submit("", 0, |_, outside: &mut Outside| Ok(outside.now_micros)).unwrap().wait().unwrap()
        };
        let (first, second) = (now(&writer), now(&writer));
        assert!(first < second);
    });
}
