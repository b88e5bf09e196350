//! An upload of a hundred thousand facts is one transaction of reasonable length on both databases.

use std::time::{Duration, Instant};

use outcome_ledger::storage::{self, FactRow};

use super::{
    databases::on_each,
    samples::{self, CONTRACT},
};

#[test]
fn a_hundred_thousand_facts_are_stored_and_read_in_order() {
    let facts: Vec<FactRow> = (1..=100_000).map(samples::fact).collect();
    on_each(|database| {
        let mut connection = database.connect();
        samples::fill(&mut connection).unwrap();
        let start = Instant::now();
        connection.transaction(|c| storage::fact::insert(c, &facts)).unwrap();
        let stored = start.elapsed();
        let read = storage::fact::of_contract(&mut connection, CONTRACT).unwrap();
        let both = start.elapsed();
        eprintln!("{}: stored in {stored:?}, read in {:?}", database.address, both - stored);
        assert!(read[1..] == facts, "what is read differs from what was stored");
        // Two to five seconds are usual without optimisation; anything quadratic takes many minutes.
        assert!(both < Duration::from_secs(60), "{}: {both:?} for 100,000 facts", database.address);
    });
}
