-- The journal: the log's identity, the head of each chain, parties, entries and their postings.
-- Identifiers are 16 bytes, digests 32. Days count from 1970-01-01, instants are microseconds in UTC.
-- WITHOUT ROWID clusters rows by their key and leaves no hidden key that a replacing insert could aim at.
-- Amounts are minor units as canonical decimal text, because SQLite integers end at 64 bits.
-- The insert guards stop INSERT OR REPLACE, which passes by the other triggers when recursive_triggers is off.
-- Every number has bounds as narrow as PostgreSQL's types; days lie in the years 1 to 9999.
-- One EXISTS per key: a single one with OR walks through all rows of a contract.

CREATE TABLE log (
    log_id BLOB NOT NULL PRIMARY KEY CHECK (length(log_id) = 32),
    origin TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER log_refuses_update BEFORE UPDATE ON log
BEGIN SELECT RAISE(ABORT, 'log is append-only: rows are never changed'); END;
CREATE TRIGGER log_refuses_delete BEFORE DELETE ON log
BEGIN SELECT RAISE(ABORT, 'log is append-only: rows are never deleted'); END;
CREATE TRIGGER log_refuses_replace BEFORE INSERT ON log
WHEN EXISTS (SELECT 1 FROM log)
BEGIN SELECT RAISE(ABORT, 'log: the database holds one log and has it already'); END;

-- Updated first in each writing transaction: its row is the lock of the chain.
CREATE TABLE chain_head (
    chain_id BLOB NOT NULL PRIMARY KEY CHECK (length(chain_id) = 16),
    seq INTEGER NOT NULL CHECK (seq >= 0),
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER chain_head_refuses_update BEFORE UPDATE OF chain_id ON chain_head
BEGIN SELECT RAISE(ABORT, 'chain_head is append-only: only seq and hash may change'); END;
CREATE TRIGGER chain_head_refuses_delete BEFORE DELETE ON chain_head
BEGIN SELECT RAISE(ABORT, 'chain_head is append-only: rows are never deleted'); END;
CREATE TRIGGER chain_head_refuses_replace BEFORE INSERT ON chain_head
WHEN EXISTS (SELECT 1 FROM chain_head WHERE chain_id = NEW.chain_id)
BEGIN SELECT RAISE(ABORT, 'chain_head: a row with this key exists already'); END;
CREATE TRIGGER chain_head_refuses_return BEFORE UPDATE ON chain_head WHEN NEW.seq <= OLD.seq
BEGIN SELECT RAISE(ABORT, 'chain_head only moves forward'); END;

CREATE TABLE party (
    party_id BLOB NOT NULL PRIMARY KEY CHECK (length(party_id) = 16),
    name TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    chain_seq INTEGER NOT NULL CHECK (chain_seq >= 1)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER party_refuses_update BEFORE UPDATE ON party
BEGIN SELECT RAISE(ABORT, 'party is append-only: rows are never changed; append an entry'); END;
CREATE TRIGGER party_refuses_delete BEFORE DELETE ON party
BEGIN SELECT RAISE(ABORT, 'party is append-only: rows are never deleted; append an entry'); END;
CREATE TRIGGER party_refuses_replace BEFORE INSERT ON party
WHEN EXISTS (SELECT 1 FROM party WHERE party_id = NEW.party_id)
    OR EXISTS (SELECT 1 FROM party WHERE name = NEW.name)
BEGIN SELECT RAISE(ABORT, 'party: a row with this key exists already'); END;

CREATE TABLE entry (
    chain_id BLOB NOT NULL REFERENCES chain_head (chain_id),
    seq INTEGER NOT NULL CHECK (seq >= 1),
    entry_id BLOB NOT NULL UNIQUE CHECK (length(entry_id) = 16),
    kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 32767),
    effective_on INTEGER NOT NULL CHECK (effective_on BETWEEN -719162 AND 2932896),
    recorded_at INTEGER NOT NULL,
    prev_hash BLOB NOT NULL CHECK (length(prev_hash) = 32),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    body BLOB NOT NULL,
    PRIMARY KEY (chain_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER entry_refuses_update BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'entry is append-only: rows are never changed; append a reversing entry'); END;
CREATE TRIGGER entry_refuses_delete BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'entry is append-only: rows are never deleted; append a reversing entry'); END;
CREATE TRIGGER entry_refuses_replace BEFORE INSERT ON entry
WHEN EXISTS (SELECT 1 FROM entry WHERE chain_id = NEW.chain_id AND seq = NEW.seq)
    OR EXISTS (SELECT 1 FROM entry WHERE entry_id = NEW.entry_id)
BEGIN SELECT RAISE(ABORT, 'entry: a row with this key exists already'); END;

CREATE TABLE posting (
    chain_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    leg INTEGER NOT NULL CHECK (leg BETWEEN 0 AND 2147483647),
    party_id BLOB NOT NULL REFERENCES party (party_id),
    account INTEGER NOT NULL CHECK (account BETWEEN 0 AND 32767),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    amount_minor TEXT NOT NULL CHECK (
        amount_minor = '0'
        OR ((amount_minor GLOB '[1-9]*' OR amount_minor GLOB '-[1-9]*')
            AND substr(amount_minor, 2) NOT GLOB '*[^0-9]*')
    ),
    PRIMARY KEY (chain_id, seq, leg),
    FOREIGN KEY (chain_id, seq) REFERENCES entry (chain_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER posting_refuses_update BEFORE UPDATE ON posting
BEGIN SELECT RAISE(ABORT, 'posting is append-only: rows are never changed; append a reversing entry'); END;
CREATE TRIGGER posting_refuses_delete BEFORE DELETE ON posting
BEGIN SELECT RAISE(ABORT, 'posting is append-only: rows are never deleted; append a reversing entry'); END;
CREATE TRIGGER posting_refuses_replace BEFORE INSERT ON posting
WHEN EXISTS (SELECT 1 FROM posting WHERE chain_id = NEW.chain_id AND seq = NEW.seq AND leg = NEW.leg)
BEGIN SELECT RAISE(ABORT, 'posting: a row with this key exists already'); END;
