//! The roles of the operations guide on PostgreSQL: whoever serves can do its work and cannot touch the record.

use std::fs;

use outcome_ledger::{
    contract::erasure::Basis,
    operations::{erase_subject, record_heads, register_party, sequence_log, verify_log},
    storage::{Address, Connection},
};
use uuid::Uuid;

use super::{
    databases::{execute, on_postgres, url},
    deal::{self, CONTRACT, act},
};

/// The statements of the guide, one by one.
fn statements(guide: &str) -> Vec<String> {
    let block = guide.split("```sql roles\n").nth(1).unwrap().split("```").next().unwrap();
    let lines = block.lines().filter(|line| !line.starts_with("--")).collect::<Vec<_>>().join("\n");
    lines.split(';').map(str::trim).filter(|statement| !statement.is_empty()).map(str::to_owned).collect()
}

/// The address of the same database for another role.
fn as_role(url: &str, role: &str) -> Address {
    let (_, place) = url.split_once('@').unwrap();
    Address::parse(&format!("postgres://{role}:{role}@{place}")).unwrap()
}

#[test]
fn the_roles_of_the_guide_can_do_their_work_and_no_more() {
    on_postgres(|database| {
        let guide = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/OPERATIONS.md")).unwrap();
        let unique = Uuid::now_v7().simple().to_string();
        let [app, reader] = ["ledger_app", "ledger_reader"].map(|name| format!("{name}_{unique}"));
        let mut owner = database.connect();
        deal::found(&mut owner);
        let named = |statement: String| statement.replace("ledger_app", &app).replace("ledger_reader", &reader);
        for statement in statements(&guide).into_iter().map(named) {
            execute(&mut owner, &statement).unwrap_or_else(|error| panic!("{statement}: {error}"));
        }
        for role in [&app, &reader] {
            execute(&mut owner, &format!("ALTER ROLE {role} PASSWORD '{role}'")).unwrap();
        }

        let mut c = Connection::open(&as_role(&url(database), &app)).unwrap();
        act(&mut c, |c, outside| register_party(c, outside, "Auditor A", "auditor")).unwrap();
        deal::propose(&mut c);
        deal::sign_and_activate(&mut c);
        deal::enrol_and_report(&mut c);
        deal::settle(&mut c, "2025-06-30").unwrap();
        deal::accrue_and_pay(&mut c, "2025-06-30");
        deal::correct(&mut c);
        act(&mut c, |c, outside| erase_subject(c, outside, CONTRACT, "p2", Basis::ConsentWithdrawn)).unwrap();
        sequence_log(&mut c).unwrap();
        act(&mut c, record_heads).unwrap();
        sequence_log(&mut c).unwrap();
        let mut read = Connection::open(&as_role(&url(database), &reader)).unwrap();
        let verified = verify_log(&mut read).unwrap();
        assert!(verified.findings.is_empty(), "{:?}", verified.findings);

        for statement in [
            "UPDATE entry SET kind = 1",
            "DELETE FROM entry",
            "TRUNCATE entry CASCADE",
            "UPDATE chain_head SET chain_id = gen_random_uuid()",
            "DELETE FROM chain_head",
            "UPDATE posting SET amount_minor = 1",
            "UPDATE contract SET document = ''",
            "UPDATE party SET kind = 'operator'",
            "UPDATE subject SET subject_ref = gen_random_uuid()",
            "UPDATE fact SET commitment = commitment",
            "DELETE FROM fact",
            "DELETE FROM receipt",
            "UPDATE subject_key SET key = key",
            "UPDATE checkpoint SET note = ''",
            "DELETE FROM log_entry",
            "DROP TABLE webhook",
            "ALTER TABLE entry DISABLE TRIGGER ALL",
            "SET session_replication_role = replica",
            "CREATE TABLE mine (x int)",
        ] {
            let refused = execute(&mut c, statement).expect_err(statement).to_string();
            let denied = ["permission denied", "must be owner"].iter().any(|words| refused.contains(words));
            assert!(denied, "{statement}: {refused}");
            assert!(execute(&mut read, statement).is_err(), "{statement}");
        }
        for statement in ["INSERT INTO party SELECT * FROM party", "SELECT secret FROM webhook"] {
            let refused = execute(&mut read, statement).expect_err(statement).to_string();
            assert!(refused.contains("permission denied"), "{statement}: {refused}");
        }
        drop((c, read));
        for role in [&app, &reader] {
            execute(&mut owner, &format!("DROP OWNED BY {role}")).unwrap();
            execute(&mut owner, &format!("DROP ROLE {role}")).unwrap();
        }
    });
}
