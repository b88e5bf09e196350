-- Contracts and what is known under them: parties, subjects, facts, settlement lines.
-- Twin of the SQLite migration of the same name, which tells what the columns mean and where erasure will go.

CREATE TABLE contract (
    contract_id uuid NOT NULL PRIMARY KEY REFERENCES chain_head (chain_id),
    name text COLLATE "C" NOT NULL UNIQUE,
    document text NOT NULL,
    files text NOT NULL,
    settings text NOT NULL,
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    state text NOT NULL,
    proposed_seq bigint NOT NULL CHECK (proposed_seq >= 1)
);

CREATE TRIGGER contract_refuses_change
BEFORE DELETE OR UPDATE OF contract_id, name, document, files, settings, digest, proposed_seq ON contract
FOR EACH ROW EXECUTE FUNCTION refuse_change('only state may change');
CREATE TRIGGER contract_refuses_truncate BEFORE TRUNCATE ON contract
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('only state may change');
ALTER TABLE contract ENABLE ALWAYS TRIGGER contract_refuses_change;
ALTER TABLE contract ENABLE ALWAYS TRIGGER contract_refuses_truncate;

CREATE TABLE contract_party (
    contract_id uuid NOT NULL REFERENCES contract (contract_id),
    role text COLLATE "C" NOT NULL,
    party_id uuid NOT NULL REFERENCES party (party_id),
    signed_seq bigint CHECK (signed_seq >= 1),
    PRIMARY KEY (contract_id, role)
);

CREATE TRIGGER contract_party_refuses_change BEFORE DELETE OR UPDATE OF contract_id, role, party_id ON contract_party
FOR EACH ROW EXECUTE FUNCTION refuse_change('only signed_seq may change');
CREATE TRIGGER contract_party_refuses_truncate BEFORE TRUNCATE ON contract_party
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('only signed_seq may change');
ALTER TABLE contract_party ENABLE ALWAYS TRIGGER contract_party_refuses_change;
ALTER TABLE contract_party ENABLE ALWAYS TRIGGER contract_party_refuses_truncate;

CREATE TRIGGER contract_party_refuses_resigning BEFORE UPDATE ON contract_party
FOR EACH ROW WHEN (OLD.signed_seq IS NOT NULL) EXECUTE FUNCTION refuse_change('a signature is given once');
ALTER TABLE contract_party ENABLE ALWAYS TRIGGER contract_party_refuses_resigning;

CREATE TABLE subject (
    contract_id uuid NOT NULL REFERENCES contract (contract_id),
    subject_ref uuid NOT NULL,
    label text COLLATE "C" NOT NULL,
    enrolled_on date NOT NULL CHECK (enrolled_on BETWEEN '0001-01-01' AND '9999-12-31'),
    content bytea NOT NULL,
    salt bytea NOT NULL CHECK (octet_length(salt) = 32),
    commitment bytea NOT NULL CHECK (octet_length(commitment) = 32),
    seq bigint NOT NULL,
    item integer NOT NULL CHECK (item >= 0),
    PRIMARY KEY (contract_id, seq, item),
    UNIQUE (contract_id, subject_ref),
    UNIQUE (contract_id, label),
    FOREIGN KEY (contract_id, seq) REFERENCES entry (chain_id, seq)
);

CREATE TRIGGER subject_refuses_change BEFORE UPDATE OR DELETE ON subject
FOR EACH ROW EXECUTE FUNCTION refuse_change('append a correcting fact');
CREATE TRIGGER subject_refuses_truncate BEFORE TRUNCATE ON subject
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('append a correcting fact');
ALTER TABLE subject ENABLE ALWAYS TRIGGER subject_refuses_change;
ALTER TABLE subject ENABLE ALWAYS TRIGGER subject_refuses_truncate;

CREATE TABLE fact (
    contract_id uuid NOT NULL,
    fact_id uuid NOT NULL,
    subject_ref uuid,
    kind text NOT NULL,
    happened_on date NOT NULL CHECK (happened_on BETWEEN '0001-01-01' AND '9999-12-31'),
    content bytea NOT NULL,
    salt bytea NOT NULL CHECK (octet_length(salt) = 32),
    commitment bytea NOT NULL CHECK (octet_length(commitment) = 32),
    seq bigint NOT NULL,
    item integer NOT NULL CHECK (item >= 0),
    corrects uuid,
    retracted boolean NOT NULL,
    PRIMARY KEY (contract_id, seq, item),
    UNIQUE (contract_id, fact_id),
    CHECK (corrects IS DISTINCT FROM fact_id),
    CHECK (NOT retracted OR corrects IS NOT NULL),
    FOREIGN KEY (contract_id, seq) REFERENCES entry (chain_id, seq),
    FOREIGN KEY (contract_id, subject_ref) REFERENCES subject (contract_id, subject_ref),
    FOREIGN KEY (contract_id, corrects) REFERENCES fact (contract_id, fact_id)
);

CREATE TRIGGER fact_refuses_change BEFORE UPDATE OR DELETE ON fact
FOR EACH ROW EXECUTE FUNCTION refuse_change('append a fact that corrects it');
CREATE TRIGGER fact_refuses_truncate BEFORE TRUNCATE ON fact
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('append a fact that corrects it');
ALTER TABLE fact ENABLE ALWAYS TRIGGER fact_refuses_change;
ALTER TABLE fact ENABLE ALWAYS TRIGGER fact_refuses_truncate;

CREATE TABLE settlement_line (
    contract_id uuid NOT NULL,
    seq bigint NOT NULL,
    item integer NOT NULL CHECK (item >= 0),
    clause text NOT NULL,
    payer text NOT NULL,
    payee text NOT NULL,
    subject_ref uuid,
    group_key text,
    period text,
    part smallint NOT NULL CHECK (part >= 0),
    due_on date NOT NULL CHECK (due_on BETWEEN '0001-01-01' AND '9999-12-31'),
    amount_minor numeric(39, 0) NOT NULL,
    reason text NOT NULL,
    salt bytea NOT NULL CHECK (octet_length(salt) = 32),
    commitment bytea NOT NULL CHECK (octet_length(commitment) = 32),
    PRIMARY KEY (contract_id, seq, item),
    FOREIGN KEY (contract_id, seq) REFERENCES entry (chain_id, seq),
    FOREIGN KEY (contract_id, subject_ref) REFERENCES subject (contract_id, subject_ref)
);

CREATE TRIGGER settlement_line_refuses_change BEFORE UPDATE OR DELETE ON settlement_line
FOR EACH ROW EXECUTE FUNCTION refuse_change('append a later line');
CREATE TRIGGER settlement_line_refuses_truncate BEFORE TRUNCATE ON settlement_line
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('append a later line');
ALTER TABLE settlement_line ENABLE ALWAYS TRIGGER settlement_line_refuses_change;
ALTER TABLE settlement_line ENABLE ALWAYS TRIGGER settlement_line_refuses_truncate;
