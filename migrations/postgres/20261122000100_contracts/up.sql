-- Contracts and what is known under them: parties, subjects, facts, settlement lines.
-- Twin of the SQLite migration of the same name, which tells what the columns mean and how a person is erased.

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

-- Whether the last entry of a chain is one of kind 11, facts.erased.
CREATE FUNCTION erases(chain uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM chain_head AS h JOIN entry AS e ON e.chain_id = h.chain_id AND e.seq = h.seq
        WHERE h.chain_id = chain AND e.kind = 11)
$$;

CREATE FUNCTION refuse_all_but_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.sealed IS NOT NULL
        AND to_jsonb(NEW) = to_jsonb(OLD) || (CASE TG_TABLE_NAME
            WHEN 'subject' THEN '{"sealed": null, "label_hash": null}'::jsonb ELSE '{"sealed": null}' END)
        AND erases(OLD.contract_id)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused but to erase; %', TG_TABLE_NAME, TG_OP, TG_ARGV[0]
        USING ERRCODE = 'restrict_violation';
END
$$;

CREATE FUNCTION refuse_deletion_of_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.subject_ref <> '00000000-0000-0000-0000-000000000000' AND erases(OLD.contract_id) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'subject_key is append-only: a key is deleted right after the entry that erases its subject'
        USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TABLE subject_key (
    contract_id uuid NOT NULL REFERENCES contract (contract_id),
    subject_ref uuid NOT NULL,
    key bytea NOT NULL CHECK (octet_length(key) = 32),
    PRIMARY KEY (contract_id, subject_ref)
);

CREATE TRIGGER subject_key_refuses_update BEFORE UPDATE ON subject_key
FOR EACH ROW EXECUTE FUNCTION refuse_change('a key is never changed, only deleted with its subject');
CREATE TRIGGER subject_key_refuses_delete BEFORE DELETE ON subject_key
FOR EACH ROW EXECUTE FUNCTION refuse_deletion_of_key();
CREATE TRIGGER subject_key_refuses_truncate BEFORE TRUNCATE ON subject_key
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('a key is never changed, only deleted with its subject');
ALTER TABLE subject_key ENABLE ALWAYS TRIGGER subject_key_refuses_update;
ALTER TABLE subject_key ENABLE ALWAYS TRIGGER subject_key_refuses_delete;
ALTER TABLE subject_key ENABLE ALWAYS TRIGGER subject_key_refuses_truncate;

CREATE TABLE subject (
    contract_id uuid NOT NULL REFERENCES contract (contract_id),
    subject_ref uuid NOT NULL,
    label_hash bytea CHECK (octet_length(label_hash) = 32),
    sealed bytea CHECK (octet_length(sealed) >= 72),
    commitment bytea NOT NULL CHECK (octet_length(commitment) = 32),
    seq bigint NOT NULL,
    item integer NOT NULL CHECK (item >= 0),
    PRIMARY KEY (contract_id, seq, item),
    UNIQUE (contract_id, subject_ref),
    UNIQUE (contract_id, label_hash),
    CHECK ((label_hash IS NULL) = (sealed IS NULL)),
    FOREIGN KEY (contract_id, seq) REFERENCES entry (chain_id, seq)
);

CREATE TRIGGER subject_refuses_update BEFORE UPDATE ON subject
FOR EACH ROW EXECUTE FUNCTION refuse_all_but_erasure('append a correcting fact');
CREATE TRIGGER subject_refuses_delete BEFORE DELETE ON subject
FOR EACH ROW EXECUTE FUNCTION refuse_change('append a correcting fact');
CREATE TRIGGER subject_refuses_truncate BEFORE TRUNCATE ON subject
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('append a correcting fact');
ALTER TABLE subject ENABLE ALWAYS TRIGGER subject_refuses_update;
ALTER TABLE subject ENABLE ALWAYS TRIGGER subject_refuses_delete;
ALTER TABLE subject ENABLE ALWAYS TRIGGER subject_refuses_truncate;

-- A report can bring a million rows, so that a row is looked up nowhere: a fact's name follows from its place, and that
-- entry, subject and corrected fact are there is checked before the report is recorded, and again by every verification.
CREATE TABLE fact (
    contract_id uuid NOT NULL,
    fact_id uuid NOT NULL,
    subject_ref uuid,
    sealed bytea CHECK (octet_length(sealed) >= 72),
    commitment bytea NOT NULL CHECK (octet_length(commitment) = 32),
    seq bigint NOT NULL,
    item integer NOT NULL CHECK (item >= 0),
    corrects uuid,
    retracted boolean NOT NULL,
    PRIMARY KEY (contract_id, seq, item),
    CHECK (corrects IS DISTINCT FROM fact_id),
    CHECK (NOT retracted OR corrects IS NOT NULL)
);

CREATE TRIGGER fact_refuses_update BEFORE UPDATE ON fact
FOR EACH ROW EXECUTE FUNCTION refuse_all_but_erasure('append a fact that corrects it');
CREATE TRIGGER fact_refuses_delete BEFORE DELETE ON fact
FOR EACH ROW EXECUTE FUNCTION refuse_change('append a fact that corrects it');
CREATE TRIGGER fact_refuses_truncate BEFORE TRUNCATE ON fact
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('append a fact that corrects it');
ALTER TABLE fact ENABLE ALWAYS TRIGGER fact_refuses_update;
ALTER TABLE fact ENABLE ALWAYS TRIGGER fact_refuses_delete;
ALTER TABLE fact ENABLE ALWAYS TRIGGER fact_refuses_truncate;

CREATE TABLE settlement_line (
    contract_id uuid NOT NULL,
    seq bigint NOT NULL,
    item integer NOT NULL CHECK (item >= 0),
    clause text NOT NULL,
    payer text NOT NULL,
    payee text NOT NULL,
    subject_ref uuid,
    part smallint NOT NULL CHECK (part >= 0),
    amount_minor numeric(39, 0) NOT NULL,
    sealed bytea CHECK (octet_length(sealed) >= 72),
    commitment bytea NOT NULL CHECK (octet_length(commitment) = 32),
    PRIMARY KEY (contract_id, seq, item),
    FOREIGN KEY (contract_id, seq) REFERENCES entry (chain_id, seq),
    FOREIGN KEY (contract_id, subject_ref) REFERENCES subject (contract_id, subject_ref)
);

CREATE TRIGGER settlement_line_refuses_update BEFORE UPDATE ON settlement_line
FOR EACH ROW EXECUTE FUNCTION refuse_all_but_erasure('append a later line');
CREATE TRIGGER settlement_line_refuses_delete BEFORE DELETE ON settlement_line
FOR EACH ROW EXECUTE FUNCTION refuse_change('append a later line');
CREATE TRIGGER settlement_line_refuses_truncate BEFORE TRUNCATE ON settlement_line
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('append a later line');
ALTER TABLE settlement_line ENABLE ALWAYS TRIGGER settlement_line_refuses_update;
ALTER TABLE settlement_line ENABLE ALWAYS TRIGGER settlement_line_refuses_delete;
ALTER TABLE settlement_line ENABLE ALWAYS TRIGGER settlement_line_refuses_truncate;
