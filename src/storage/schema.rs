//! The tables as Diesel sees them: one description for both databases, kept equal to the migrations by a test.

use diesel::table;

table! {
    use diesel::sql_types::{BigInt, Binary, Text};

    log (log_id) {
        log_id -> Binary,
        origin -> Text,
        created_at -> BigInt,
    }
}

table! {
    use diesel::sql_types::{BigInt, Binary};
    use crate::storage::columns::Identifier;

    chain_head (chain_id) {
        chain_id -> Identifier,
        seq -> BigInt,
        hash -> Binary,
    }
}

table! {
    use diesel::sql_types::{BigInt, Text};
    use crate::storage::columns::Identifier;

    party (party_id) {
        party_id -> Identifier,
        name -> Text,
        kind -> Text,
        chain_seq -> BigInt,
    }
}

table! {
    use diesel::sql_types::{BigInt, Binary, SmallInt};
    use crate::storage::columns::{CalendarDay, Identifier};

    entry (chain_id, seq) {
        chain_id -> Identifier,
        seq -> BigInt,
        entry_id -> Identifier,
        kind -> SmallInt,
        effective_on -> CalendarDay,
        recorded_at -> BigInt,
        prev_hash -> Binary,
        hash -> Binary,
        body -> Binary,
    }
}

table! {
    use diesel::sql_types::{BigInt, Integer, SmallInt, Text};
    use crate::storage::columns::{AmountMinor, Identifier};

    posting (chain_id, seq, leg) {
        chain_id -> Identifier,
        seq -> BigInt,
        leg -> Integer,
        party_id -> Identifier,
        account -> SmallInt,
        currency -> Text,
        amount_minor -> AmountMinor,
    }
}

table! {
    use diesel::sql_types::{BigInt, Binary, Text};
    use crate::storage::columns::Identifier;

    contract (contract_id) {
        contract_id -> Identifier,
        name -> Text,
        document -> Text,
        files -> Text,
        settings -> Text,
        digest -> Binary,
        state -> Text,
        proposed_seq -> BigInt,
    }
}

table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::storage::columns::Identifier;

    contract_party (contract_id, role) {
        contract_id -> Identifier,
        role -> Text,
        party_id -> Identifier,
        signed_seq -> Nullable<BigInt>,
    }
}

table! {
    use diesel::sql_types::{BigInt, Text};
    use crate::storage::columns::Identifier;

    amendment (contract_id, seq) {
        contract_id -> Identifier,
        seq -> BigInt,
        document -> Text,
        files -> Text,
        settings -> Text,
    }
}

table! {
    use diesel::sql_types::Binary;
    use crate::storage::columns::Identifier;

    subject_key (contract_id, subject_ref) {
        contract_id -> Identifier,
        subject_ref -> Identifier,
        key -> Binary,
    }
}

table! {
    use diesel::sql_types::{BigInt, Binary, Integer, Nullable};
    use crate::storage::columns::Identifier;

    subject (contract_id, seq, item) {
        contract_id -> Identifier,
        subject_ref -> Identifier,
        label_hash -> Nullable<Binary>,
        sealed -> Nullable<Binary>,
        commitment -> Binary,
        seq -> BigInt,
        item -> Integer,
    }
}

table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Integer, Nullable};
    use crate::storage::columns::Identifier;

    fact (contract_id, seq, item) {
        contract_id -> Identifier,
        fact_id -> Identifier,
        subject_ref -> Nullable<Identifier>,
        sealed -> Nullable<Binary>,
        commitment -> Binary,
        seq -> BigInt,
        item -> Integer,
        corrects -> Nullable<Identifier>,
        retracted -> Bool,
    }
}

table! {
    use diesel::sql_types::{BigInt, Binary, Integer, Nullable, SmallInt, Text};
    use crate::storage::columns::{AmountMinor, Identifier};

    settlement_line (contract_id, seq, item) {
        contract_id -> Identifier,
        seq -> BigInt,
        item -> Integer,
        clause -> Text,
        payer -> Text,
        payee -> Text,
        subject_ref -> Nullable<Identifier>,
        part -> SmallInt,
        amount_minor -> AmountMinor,
        sealed -> Nullable<Binary>,
        commitment -> Binary,
    }
}

table! {
    use diesel::sql_types::{BigInt, Binary, Text};
    use crate::storage::columns::Identifier;

    receipt (idempotency) {
        idempotency -> Binary,
        request -> Binary,
        chain_id -> Identifier,
        seq -> BigInt,
        answer -> Text,
    }
}

table! {
    use diesel::sql_types::{BigInt, SmallInt};

    sequencer (one) {
        one -> SmallInt,
        size -> BigInt,
        checkpoints -> BigInt,
        cosignatures -> BigInt,
    }
}

table! {
    use diesel::sql_types::{BigInt, Binary};
    use crate::storage::columns::Identifier;

    log_entry (log_index) {
        log_index -> BigInt,
        chain_id -> Identifier,
        seq -> BigInt,
        leaf -> Binary,
    }
}

table! {
    use diesel::sql_types::{BigInt, Binary, SmallInt};

    log_node (level, node_index) {
        level -> SmallInt,
        node_index -> BigInt,
        hash -> Binary,
    }
}

table! {
    use diesel::sql_types::BigInt;
    use crate::storage::columns::Identifier;

    sequenced (chain_id) {
        chain_id -> Identifier,
        seq -> BigInt,
    }
}

table! {
    use diesel::sql_types::{BigInt, Binary, Text};

    checkpoint (size) {
        size -> BigInt,
        root -> Binary,
        note -> Text,
    }
}

table! {
    use diesel::sql_types::{BigInt, Text};

    cosignature (size, verifier_key) {
        size -> BigInt,
        verifier_key -> Text,
        line -> Text,
    }
}

table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::storage::columns::Identifier;

    webhook (webhook_id) {
        webhook_id -> Identifier,
        party_id -> Identifier,
        url -> Text,
        secret -> Text,
        created_at -> BigInt,
        told_index -> BigInt,
        failures -> BigInt,
        last_status -> Nullable<BigInt>,
        last_at -> Nullable<BigInt>,
        next_at -> BigInt,
    }
}
table! {
    use diesel::sql_types::{BigInt, Text};
    use crate::storage::columns::Identifier;

    patient_read (contract_id, read_id) {
        contract_id -> Identifier,
        read_id -> Identifier,
        party_id -> Identifier,
        operation -> Text,
        row_count -> BigInt,
        read_at -> BigInt,
    }
}

table! {
    use diesel::sql_types::{BigInt, Text};
    use crate::storage::columns::{CalendarDay, Identifier};

    aggregate_release (contract_id, released_on) {
        contract_id -> Identifier,
        released_on -> CalendarDay,
        seq -> BigInt,
        counts -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(chain_head, contract, contract_party, party, patient_read);
