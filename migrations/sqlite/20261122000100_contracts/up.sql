-- Contracts and what is known under them: parties, subjects, facts, settlement lines.
-- A contract's identifier is that of its chain. `seq` and `item` say which leaf of which entry commits to a row.
-- `commitment` is the hash of salt and content; the journal holds the root over those of a batch. Content is kept here
-- only; the commitment outlives it, so that proofs of the other rows still hold when one was erased.
--
-- Erasure belongs here: a later migration lets content and salt of a subject or a fact, and nothing else, be emptied
-- in the transaction that appends the entry which says so. Until then nothing is erased.

CREATE TABLE contract (
    contract_id BLOB NOT NULL PRIMARY KEY REFERENCES chain_head (chain_id),
    name TEXT NOT NULL UNIQUE,
    document TEXT NOT NULL,
    files TEXT NOT NULL,
    settings TEXT NOT NULL,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    state TEXT NOT NULL,
    proposed_seq INTEGER NOT NULL CHECK (proposed_seq >= 1)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER contract_refuses_update
BEFORE UPDATE OF contract_id, name, document, files, settings, digest, proposed_seq ON contract
BEGIN SELECT RAISE(ABORT, 'contract is append-only: only state may change'); END;
CREATE TRIGGER contract_refuses_delete BEFORE DELETE ON contract
BEGIN SELECT RAISE(ABORT, 'contract is append-only: rows are never deleted'); END;
CREATE TRIGGER contract_refuses_replace BEFORE INSERT ON contract
WHEN EXISTS (SELECT 1 FROM contract WHERE contract_id = NEW.contract_id)
    OR EXISTS (SELECT 1 FROM contract WHERE name = NEW.name)
BEGIN SELECT RAISE(ABORT, 'contract: a row with this key exists already'); END;

CREATE TABLE contract_party (
    contract_id BLOB NOT NULL REFERENCES contract (contract_id),
    role TEXT NOT NULL,
    party_id BLOB NOT NULL REFERENCES party (party_id),
    signed_seq INTEGER CHECK (signed_seq >= 1),
    PRIMARY KEY (contract_id, role)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER contract_party_refuses_update BEFORE UPDATE OF contract_id, role, party_id ON contract_party
BEGIN SELECT RAISE(ABORT, 'contract_party is append-only: only signed_seq may change'); END;
CREATE TRIGGER contract_party_refuses_delete BEFORE DELETE ON contract_party
BEGIN SELECT RAISE(ABORT, 'contract_party is append-only: rows are never deleted'); END;
CREATE TRIGGER contract_party_refuses_replace BEFORE INSERT ON contract_party
WHEN EXISTS (SELECT 1 FROM contract_party WHERE contract_id = NEW.contract_id AND role = NEW.role)
BEGIN SELECT RAISE(ABORT, 'contract_party: a row with this key exists already'); END;
CREATE TRIGGER contract_party_refuses_resigning BEFORE UPDATE ON contract_party WHEN OLD.signed_seq IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'contract_party: a signature is given once'); END;

CREATE TABLE subject (
    contract_id BLOB NOT NULL REFERENCES contract (contract_id),
    subject_ref BLOB NOT NULL CHECK (length(subject_ref) = 16),
    label TEXT NOT NULL,
    enrolled_on INTEGER NOT NULL CHECK (enrolled_on BETWEEN -719162 AND 2932896),
    content BLOB NOT NULL,
    salt BLOB NOT NULL CHECK (length(salt) = 32),
    commitment BLOB NOT NULL CHECK (length(commitment) = 32),
    seq INTEGER NOT NULL,
    item INTEGER NOT NULL CHECK (item BETWEEN 0 AND 2147483647),
    PRIMARY KEY (contract_id, seq, item),
    UNIQUE (contract_id, subject_ref),
    UNIQUE (contract_id, label),
    FOREIGN KEY (contract_id, seq) REFERENCES entry (chain_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER subject_refuses_update BEFORE UPDATE ON subject
BEGIN SELECT RAISE(ABORT, 'subject is append-only: rows are never changed; append a correcting fact'); END;
CREATE TRIGGER subject_refuses_delete BEFORE DELETE ON subject
BEGIN SELECT RAISE(ABORT, 'subject is append-only: rows are never deleted; append a correcting fact'); END;
CREATE TRIGGER subject_refuses_replace BEFORE INSERT ON subject
WHEN EXISTS (SELECT 1 FROM subject WHERE contract_id = NEW.contract_id AND seq = NEW.seq AND item = NEW.item)
    OR EXISTS (SELECT 1 FROM subject WHERE contract_id = NEW.contract_id AND subject_ref = NEW.subject_ref)
    OR EXISTS (SELECT 1 FROM subject WHERE contract_id = NEW.contract_id AND label = NEW.label)
BEGIN SELECT RAISE(ABORT, 'subject: a row with this key exists already'); END;

CREATE TABLE fact (
    contract_id BLOB NOT NULL,
    fact_id BLOB NOT NULL CHECK (length(fact_id) = 16),
    subject_ref BLOB,
    kind TEXT NOT NULL,
    happened_on INTEGER NOT NULL CHECK (happened_on BETWEEN -719162 AND 2932896),
    content BLOB NOT NULL,
    salt BLOB NOT NULL CHECK (length(salt) = 32),
    commitment BLOB NOT NULL CHECK (length(commitment) = 32),
    seq INTEGER NOT NULL,
    item INTEGER NOT NULL CHECK (item BETWEEN 0 AND 2147483647),
    corrects BLOB,
    retracted INTEGER NOT NULL CHECK (retracted IN (0, 1)),
    PRIMARY KEY (contract_id, seq, item),
    UNIQUE (contract_id, fact_id),
    CHECK (corrects IS NOT fact_id),
    CHECK (retracted = 0 OR corrects IS NOT NULL),
    FOREIGN KEY (contract_id, seq) REFERENCES entry (chain_id, seq),
    FOREIGN KEY (contract_id, subject_ref) REFERENCES subject (contract_id, subject_ref),
    FOREIGN KEY (contract_id, corrects) REFERENCES fact (contract_id, fact_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER fact_refuses_update BEFORE UPDATE ON fact
BEGIN SELECT RAISE(ABORT, 'fact is append-only: rows are never changed; append a fact that corrects it'); END;
CREATE TRIGGER fact_refuses_delete BEFORE DELETE ON fact
BEGIN SELECT RAISE(ABORT, 'fact is append-only: rows are never deleted; append a fact that corrects it'); END;
CREATE TRIGGER fact_refuses_replace BEFORE INSERT ON fact
WHEN EXISTS (SELECT 1 FROM fact WHERE contract_id = NEW.contract_id AND seq = NEW.seq AND item = NEW.item)
    OR EXISTS (SELECT 1 FROM fact WHERE contract_id = NEW.contract_id AND fact_id = NEW.fact_id)
BEGIN SELECT RAISE(ABORT, 'fact: a row with this key exists already'); END;

CREATE TABLE settlement_line (
    contract_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    item INTEGER NOT NULL CHECK (item BETWEEN 0 AND 2147483647),
    clause TEXT NOT NULL,
    payer TEXT NOT NULL,
    payee TEXT NOT NULL,
    subject_ref BLOB,
    group_key TEXT,
    period TEXT,
    part INTEGER NOT NULL CHECK (part BETWEEN 0 AND 32767),
    due_on INTEGER NOT NULL CHECK (due_on BETWEEN -719162 AND 2932896),
    amount_minor TEXT NOT NULL CHECK (
        amount_minor = '0'
        OR ((amount_minor GLOB '[1-9]*' OR amount_minor GLOB '-[1-9]*')
            AND substr(amount_minor, 2) NOT GLOB '*[^0-9]*')
    ),
    reason TEXT NOT NULL,
    salt BLOB NOT NULL CHECK (length(salt) = 32),
    commitment BLOB NOT NULL CHECK (length(commitment) = 32),
    PRIMARY KEY (contract_id, seq, item),
    FOREIGN KEY (contract_id, seq) REFERENCES entry (chain_id, seq),
    FOREIGN KEY (contract_id, subject_ref) REFERENCES subject (contract_id, subject_ref)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER settlement_line_refuses_update BEFORE UPDATE ON settlement_line
BEGIN SELECT RAISE(ABORT, 'settlement_line is append-only: rows are never changed; append a later line'); END;
CREATE TRIGGER settlement_line_refuses_delete BEFORE DELETE ON settlement_line
BEGIN SELECT RAISE(ABORT, 'settlement_line is append-only: rows are never deleted; append a later line'); END;
CREATE TRIGGER settlement_line_refuses_replace BEFORE INSERT ON settlement_line
WHEN EXISTS (SELECT 1 FROM settlement_line WHERE contract_id = NEW.contract_id AND seq = NEW.seq AND item = NEW.item)
BEGIN SELECT RAISE(ABORT, 'settlement_line: a row with this key exists already'); END;
