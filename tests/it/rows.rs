//! Rows come back as they were stored, in a stated order; what does not fit is refused with a name for the reason.

use outcome_ledger::{
    contract::seal::NO_SUBJECT,
    storage::{self, Connection, Error},
    values::{
        Digest,
        id::{ChainId, EntryId, PartyId, SubjectRef},
    },
};

use super::{
    databases::on_each,
    samples::{self, CONTRACT},
};

fn on_each_filled(test: impl Fn(&mut Connection)) {
    on_each(|database| {
        let mut connection = database.connect();
        samples::fill(&mut connection).unwrap();
        test(&mut connection);
    });
}

#[test]
fn rows_come_back_as_stored() {
    on_each_filled(|c| {
        assert_eq!(storage::log::load(c).unwrap(), Some(samples::log()));
        assert_eq!(storage::chain_head::list(c).unwrap(), [samples::head(1)]);
        assert_eq!(storage::entry::page(c, CONTRACT, 0, 10).unwrap(), [samples::entry(1)]);
        assert_eq!(storage::entry::find(c, samples::entry(1).entry_id).unwrap(), Some(samples::entry(1)));
        assert_eq!(storage::contract::list(c).unwrap(), [samples::contract()]);
        assert_eq!(storage::contract_party::of_contract(c, CONTRACT).unwrap(), samples::contract_parties());
        let keys = [NO_SUBJECT, samples::subject(0).subject_ref].map(samples::subject_key);
        assert_eq!(storage::subject_key::of_contract(c, CONTRACT).unwrap(), keys);
        assert_eq!(storage::subject::of_contract(c, CONTRACT).unwrap(), [0, 1].map(samples::subject));
        assert_eq!(storage::fact::of_contract(c, CONTRACT).unwrap(), [samples::fact(0)]);
        assert_eq!(storage::settlement_line::of_contract(c, CONTRACT).unwrap(), [samples::line(0, 100)]);
    });
}

#[test]
fn names_find_rows_and_order_lists_by_their_bytes() {
    on_each_filled(|c| {
        assert_eq!(storage::party::list(c).unwrap(), samples::parties());
        let [_, _, hospital] = samples::parties();
        assert_eq!(storage::party::find_by_name(c, "élan 医院").unwrap(), Some(hospital.clone()));
        assert_eq!(storage::party::find(c, hospital.party_id).unwrap(), Some(hospital));
        assert_eq!(storage::party::find_by_name(c, "ALPHA").unwrap(), None);
        assert_eq!(storage::contract::find_by_name(c, "heart-failure-2026").unwrap(), Some(samples::contract()));
        assert_eq!(storage::contract::find(c, CONTRACT).unwrap(), Some(samples::contract()));
        assert_eq!(storage::contract::find_by_name(c, "heart-failure").unwrap(), None);
        let found = storage::subject::find_by_label(c, CONTRACT, samples::label_hash(1)).unwrap();
        assert_eq!(found, Some(samples::subject(1)));
        assert_eq!(storage::subject::find_by_label(c, CONTRACT, Digest::ZERO).unwrap(), None);
        assert_eq!(storage::entry::find(c, EntryId::from_bytes([0; 16])).unwrap(), None);
        assert_eq!(storage::chain_head::load(c, ChainId::from_bytes([0; 16])).unwrap(), None);
    });
}

#[test]
fn amounts_keep_every_digit() {
    let amounts = [0, 1, -1, 9_999, 10_000, -10_000, 100_000_000, 12_345_678_901_234_567_890_123, i128::MAX, i128::MIN];
    on_each_filled(|c| {
        let lines: Vec<_> = (1..).zip(amounts).map(|(item, amount)| samples::line(item, amount)).collect();
        storage::settlement_line::insert(c, &lines).unwrap();
        assert_eq!(storage::settlement_line::of_entry(c, CONTRACT, 1).unwrap()[1..], lines);
        let legs: Vec<_> = (2..).zip(amounts).map(|(leg, amount)| samples::posting(leg, amount)).collect();
        storage::posting::insert(c, &legs).unwrap();
        assert_eq!(storage::posting::of_entry(c, CONTRACT, 1).unwrap()[2..], legs);
        assert_eq!(storage::posting::of_chain(c, CONTRACT).unwrap()[2..], legs);
    });
}

#[test]
fn a_correction_is_a_new_row() {
    on_each_filled(|c| {
        let mut corrected = samples::fact(1);
        corrected.corrects = Some(samples::fact(0).fact_id);
        let mut retracted = samples::fact(2);
        (retracted.corrects, retracted.retracted) = (Some(corrected.fact_id), true);
        retracted.subject_ref = None;
        storage::fact::insert(c, &[corrected.clone(), retracted.clone()]).unwrap();
        assert_eq!(storage::fact::of_contract(c, CONTRACT).unwrap(), [samples::fact(0), corrected, retracted]);
    });
}

type Attempt = fn(&mut Connection) -> Result<(), Error>;

#[test]
fn keys_and_names_are_taken_once() {
    let attempts: [(&str, Attempt); 11] = [
        ("log", |c| storage::log::insert(c, &storage::LogRow { origin: "another".into(), ..samples::log() })),
        ("chain", |c| storage::chain_head::start(c, CONTRACT).map(drop)),
        ("position", |c| {
            let entry_id = EntryId::from_bytes([3; 16]);
            storage::entry::insert(c, &[storage::EntryRow { entry_id, ..samples::entry(1) }])
        }),
        ("entry", |c| storage::entry::insert(c, &[storage::EntryRow { seq: 2, ..samples::entry(1) }])),
        ("leg", |c| storage::posting::insert(c, &[samples::posting(0, 5)])),
        ("party", |c| {
            let party_id = PartyId::from_bytes([99; 16]);
            storage::party::insert(c, &[storage::PartyRow { party_id, ..samples::parties()[0].clone() }])
        }),
        ("contract", |c| storage::contract::insert(c, &samples::contract())),
        ("role", |c| storage::contract_party::insert(c, &samples::contract_parties())),
        ("key", |c| storage::subject_key::insert(c, &[samples::subject_key(NO_SUBJECT)])),
        ("label", |c| {
            let subject_ref = SubjectRef::from_bytes([99; 16]);
            storage::subject::insert(c, &[storage::SubjectRow { subject_ref, item: 7, ..samples::subject(0) }])
        }),
        ("fact", |c| storage::fact::insert(c, &[samples::fact(0)])),
    ];
    on_each_filled(|c| {
        for (what, attempt) in attempts {
            let result = attempt(c);
            assert!(matches!(result, Err(Error::Exists(_))), "{what}: {result:?}");
        }
    });
}

#[test]
fn rows_refer_to_what_is_there() {
    let attempts: [(&str, Attempt); 8] = [
        ("party of one posting of many", |c| {
            let rows = (2..600).map(|leg| samples::posting(leg, 1));
            let party_id = PartyId::from_bytes([99; 16]);
            let rows: Vec<_> = rows.chain([storage::PostingRow { party_id, ..samples::posting(600, 1) }]).collect();
            c.transaction(|c| storage::posting::insert(c, &rows))
        }),
        ("chain", |c| {
            let chain_id = ChainId::from_bytes([99; 16]);
            storage::entry::insert(c, &[storage::EntryRow { chain_id, ..samples::entry(2) }])
        }),
        ("party", |c| {
            let party_id = PartyId::from_bytes([99; 16]);
            storage::posting::insert(c, &[storage::PostingRow { party_id, ..samples::posting(7, 1) }])
        }),
        ("entry of a posting", |c| {
            storage::posting::insert(c, &[storage::PostingRow { seq: 9, ..samples::posting(7, 1) }])
        }),
        ("contract's chain", |c| {
            let contract_id = ChainId::from_bytes([99; 16]);
            let name = "another".into();
            storage::contract::insert(c, &storage::ContractRow { contract_id, name, ..samples::contract() })
        }),
        ("contract of a key", |c| {
            let contract_id = ChainId::from_bytes([99; 16]);
            let key = samples::subject_key(NO_SUBJECT);
            storage::subject_key::insert(c, &[storage::SubjectKeyRow { contract_id, ..key }])
        }),
        ("entry of a subject", |c| {
            storage::subject::insert(c, &[storage::SubjectRow { seq: 9, ..samples::subject(7) }])
        }),
        ("entry of a line", |c| {
            let line = storage::SettlementLineRow { seq: 9, ..samples::line(7, 1) };
            storage::settlement_line::insert(c, &[line])
        }),
    ];
    on_each_filled(|c| {
        for (what, attempt) in attempts {
            let result = attempt(c);
            assert!(matches!(result, Err(Error::Missing(_))), "{what}: {result:?}");
        }
    });
}

#[test]
fn senseless_rows_are_refused() {
    // 10000-01-01 is 2,932,897 days after 1970-01-01: python3: date.max - date(1970, 1, 1) is one less.
    let attempts: [(&str, Attempt); 9] = [
        ("position 0", |c| storage::entry::insert(c, &[storage::EntryRow { seq: 0, ..samples::entry(2) }])),
        ("negative kind", |c| storage::entry::insert(c, &[storage::EntryRow { kind: -1, ..samples::entry(2) }])),
        ("long currency", |c| {
            storage::posting::insert(c, &[storage::PostingRow { currency: "EURO".into(), ..samples::posting(7, 1) }])
        }),
        ("fact that corrects itself", |c| {
            let corrects = Some(samples::fact(7).fact_id);
            storage::fact::insert(c, &[storage::FactRow { corrects, ..samples::fact(7) }])
        }),
        ("retraction of nothing", |c| {
            storage::fact::insert(c, &[storage::FactRow { retracted: true, ..samples::fact(7) }])
        }),
        ("entry past the year 9999", |c| {
            storage::entry::insert(c, &[storage::EntryRow { effective_on: 2_932_897, ..samples::entry(2) }])
        }),
        ("sealed content without room for a salt", |c| {
            storage::fact::insert(c, &[storage::FactRow { sealed: Some(vec![0; 71]), ..samples::fact(7) }])
        }),
        ("subject erased in half", |c| {
            storage::subject::insert(c, &[storage::SubjectRow { label_hash: None, ..samples::subject(7) }])
        }),
        ("negative leaf", |c| storage::settlement_line::insert(c, &[samples::line(-1, 1)])),
    ];
    on_each_filled(|c| {
        for (what, attempt) in attempts {
            let result = attempt(c);
            assert!(matches!(result, Err(Error::Refused(_))), "{what}: {result:?}");
        }
    });
}
