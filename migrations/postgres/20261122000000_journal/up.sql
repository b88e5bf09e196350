-- The journal: the log's identity, the head of each chain, parties, entries and their postings.
-- Twin of the SQLite migration of the same name. Names compare byte by byte (COLLATE "C"), so that lists have one
-- order on both databases.
--
-- ENABLE ALWAYS keeps the triggers awake under session_replication_role = replica. Triggers stop accidents; give the
-- role that serves requests INSERT and SELECT only, and UPDATE on the few columns that may change.

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused; %', TG_TABLE_NAME, TG_OP, TG_ARGV[0]
        USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TABLE log (
    log_id bytea NOT NULL PRIMARY KEY CHECK (octet_length(log_id) = 32),
    origin text NOT NULL,
    created_at bigint NOT NULL
);
CREATE UNIQUE INDEX log_is_one_row ON log ((true));

CREATE TRIGGER log_refuses_change BEFORE UPDATE OR DELETE ON log
FOR EACH ROW EXECUTE FUNCTION refuse_change('the identity of the log never changes');
CREATE TRIGGER log_refuses_truncate BEFORE TRUNCATE ON log
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('the identity of the log never changes');
ALTER TABLE log ENABLE ALWAYS TRIGGER log_refuses_change;
ALTER TABLE log ENABLE ALWAYS TRIGGER log_refuses_truncate;

-- Updated first in each writing transaction: its row is the lock of the chain.
CREATE TABLE chain_head (
    chain_id uuid NOT NULL PRIMARY KEY,
    seq bigint NOT NULL CHECK (seq >= 0),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32)
);

CREATE TRIGGER chain_head_refuses_change BEFORE DELETE OR UPDATE OF chain_id ON chain_head
FOR EACH ROW EXECUTE FUNCTION refuse_change('only seq and hash may change');
CREATE TRIGGER chain_head_refuses_truncate BEFORE TRUNCATE ON chain_head
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('only seq and hash may change');
ALTER TABLE chain_head ENABLE ALWAYS TRIGGER chain_head_refuses_change;
ALTER TABLE chain_head ENABLE ALWAYS TRIGGER chain_head_refuses_truncate;

CREATE TRIGGER chain_head_refuses_return BEFORE UPDATE ON chain_head
FOR EACH ROW WHEN (NEW.seq <= OLD.seq) EXECUTE FUNCTION refuse_change('a head only moves forward');
ALTER TABLE chain_head ENABLE ALWAYS TRIGGER chain_head_refuses_return;

CREATE TABLE party (
    party_id uuid NOT NULL PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE,
    kind text NOT NULL,
    chain_seq bigint NOT NULL CHECK (chain_seq >= 1)
);

CREATE TRIGGER party_refuses_change BEFORE UPDATE OR DELETE ON party
FOR EACH ROW EXECUTE FUNCTION refuse_change('append an entry');
CREATE TRIGGER party_refuses_truncate BEFORE TRUNCATE ON party
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('append an entry');
ALTER TABLE party ENABLE ALWAYS TRIGGER party_refuses_change;
ALTER TABLE party ENABLE ALWAYS TRIGGER party_refuses_truncate;

-- What entries and postings refer to is looked up once for all rows that a statement adds: row by row it costs three times
-- the rows. Looking when rows are added is enough, because nothing that they refer to is ever deleted or renamed, which the
-- triggers above and below refuse. Each row is found by its key: a plan made when tables were small must not walk big ones.
CREATE FUNCTION entry_has_its_chain() RETURNS trigger LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_material = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT chain_id FROM added) AS a
        WHERE NOT EXISTS (SELECT FROM chain_head AS h WHERE h.chain_id = a.chain_id))
    THEN
        RAISE EXCEPTION 'entry: there is no such chain' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION posting_has_its_entry_and_party() RETURNS trigger LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_material = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT chain_id, seq FROM added) AS a
        WHERE NOT EXISTS (SELECT FROM entry AS e WHERE e.chain_id = a.chain_id AND e.seq = a.seq))
    THEN
        RAISE EXCEPTION 'posting: there is no such entry' USING ERRCODE = 'foreign_key_violation';
    END IF;
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT party_id FROM added) AS a
        WHERE NOT EXISTS (SELECT FROM party AS p WHERE p.party_id = a.party_id))
    THEN
        RAISE EXCEPTION 'posting: there is no such party' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE TABLE entry (
    chain_id uuid NOT NULL,
    seq bigint NOT NULL CHECK (seq >= 1),
    entry_id uuid NOT NULL UNIQUE,
    kind smallint NOT NULL CHECK (kind >= 0),
    effective_on date NOT NULL CHECK (effective_on BETWEEN '0001-01-01' AND '9999-12-31'),
    recorded_at bigint NOT NULL,
    prev_hash bytea NOT NULL CHECK (octet_length(prev_hash) = 32),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    body bytea NOT NULL,
    PRIMARY KEY (chain_id, seq)
);

CREATE TRIGGER entry_refuses_change BEFORE UPDATE OR DELETE ON entry
FOR EACH ROW EXECUTE FUNCTION refuse_change('append a reversing entry');
CREATE TRIGGER entry_refuses_truncate BEFORE TRUNCATE ON entry
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('append a reversing entry');
ALTER TABLE entry ENABLE ALWAYS TRIGGER entry_refuses_change;
ALTER TABLE entry ENABLE ALWAYS TRIGGER entry_refuses_truncate;

CREATE TRIGGER entry_has_its_chain AFTER INSERT ON entry REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION entry_has_its_chain();
ALTER TABLE entry ENABLE ALWAYS TRIGGER entry_has_its_chain;

CREATE TABLE posting (
    chain_id uuid NOT NULL,
    seq bigint NOT NULL,
    leg integer NOT NULL CHECK (leg >= 0),
    party_id uuid NOT NULL,
    account smallint NOT NULL CHECK (account >= 0),
    currency text NOT NULL CHECK (length(currency) = 3),
    amount_minor numeric(39, 0) NOT NULL,
    PRIMARY KEY (chain_id, seq, leg)
);

CREATE TRIGGER posting_has_its_entry_and_party AFTER INSERT ON posting REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION posting_has_its_entry_and_party();
ALTER TABLE posting ENABLE ALWAYS TRIGGER posting_has_its_entry_and_party;
CREATE TRIGGER posting_refuses_change BEFORE UPDATE OR DELETE ON posting
FOR EACH ROW EXECUTE FUNCTION refuse_change('append a reversing entry');
CREATE TRIGGER posting_refuses_truncate BEFORE TRUNCATE ON posting
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('append a reversing entry');
ALTER TABLE posting ENABLE ALWAYS TRIGGER posting_refuses_change;
ALTER TABLE posting ENABLE ALWAYS TRIGGER posting_refuses_truncate;
