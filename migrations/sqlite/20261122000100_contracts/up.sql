-- Contracts and what is known under them: parties, subjects, facts, settlement lines.
-- A contract's identifier is that of its chain. `seq` and `item` say which leaf of which entry commits to a row.
-- `commitment` is the hash of salt and content; the journal holds the root over those of a batch.
--
-- Rows keep nothing about a person in the clear. `sealed` is salt and content, encrypted under the key of the subject
-- (src/contract/seal.rs); `label_hash` is the label, hashed under the contract's own key.
--
-- Erasure is the one change: `sealed` and `label_hash` become NULL, everything else stays as it is, and the key is
-- deleted. All of it is refused unless the last entry of the chain is one of kind 11, facts.erased: the transaction that
-- erases appends that entry first. The commitment outlives the content, so that proofs of the other rows still hold.

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

-- The keys, beside what they open and not in the journal. This is the only table that loses rows; back it up apart from
-- the rest and for a short time, so that a deleted key is soon gone everywhere. The contract's own key, for what is about
-- no single subject, stands under a subject of zeros.
CREATE TABLE subject_key (
    contract_id BLOB NOT NULL REFERENCES contract (contract_id),
    subject_ref BLOB NOT NULL CHECK (length(subject_ref) = 16),
    key BLOB NOT NULL CHECK (length(key) = 32),
    PRIMARY KEY (contract_id, subject_ref)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER subject_key_refuses_update BEFORE UPDATE ON subject_key
BEGIN SELECT RAISE(ABORT, 'subject_key is append-only: a key is never changed, only deleted with its subject'); END;
CREATE TRIGGER subject_key_refuses_delete BEFORE DELETE ON subject_key
WHEN OLD.subject_ref = zeroblob(16) OR NOT EXISTS (
    SELECT 1 FROM chain_head AS h JOIN entry AS e ON e.chain_id = h.chain_id AND e.seq = h.seq
    WHERE h.chain_id = OLD.contract_id AND e.kind = 11)
BEGIN SELECT RAISE(ABORT, 'subject_key is append-only: a key is deleted right after the entry that erases its subject'); END;
CREATE TRIGGER subject_key_refuses_replace BEFORE INSERT ON subject_key
WHEN EXISTS (SELECT 1 FROM subject_key WHERE contract_id = NEW.contract_id AND subject_ref = NEW.subject_ref)
BEGIN SELECT RAISE(ABORT, 'subject_key: a row with this key exists already'); END;

CREATE TABLE subject (
    contract_id BLOB NOT NULL REFERENCES contract (contract_id),
    subject_ref BLOB NOT NULL CHECK (length(subject_ref) = 16),
    label_hash BLOB CHECK (length(label_hash) = 32),
    sealed BLOB CHECK (length(sealed) >= 72),
    commitment BLOB NOT NULL CHECK (length(commitment) = 32),
    seq INTEGER NOT NULL,
    item INTEGER NOT NULL CHECK (item BETWEEN 0 AND 2147483647),
    PRIMARY KEY (contract_id, seq, item),
    UNIQUE (contract_id, subject_ref),
    UNIQUE (contract_id, label_hash),
    CHECK ((label_hash IS NULL) = (sealed IS NULL)),
    FOREIGN KEY (contract_id, seq) REFERENCES entry (chain_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER subject_refuses_update BEFORE UPDATE ON subject
WHEN OLD.sealed IS NULL OR NEW.sealed IS NOT NULL OR NEW.label_hash IS NOT NULL
    OR (OLD.contract_id, OLD.subject_ref, OLD.commitment, OLD.seq, OLD.item)
        IS NOT (NEW.contract_id, NEW.subject_ref, NEW.commitment, NEW.seq, NEW.item)
    OR NOT EXISTS (
        SELECT 1 FROM chain_head AS h JOIN entry AS e ON e.chain_id = h.chain_id AND e.seq = h.seq
        WHERE h.chain_id = OLD.contract_id AND e.kind = 11)
BEGIN SELECT RAISE(ABORT, 'subject is append-only: rows are never changed but to erase; append a correcting fact'); END;
CREATE TRIGGER subject_refuses_delete BEFORE DELETE ON subject
BEGIN SELECT RAISE(ABORT, 'subject is append-only: rows are never deleted; append a correcting fact'); END;
CREATE TRIGGER subject_refuses_replace BEFORE INSERT ON subject
WHEN EXISTS (SELECT 1 FROM subject WHERE contract_id = NEW.contract_id AND seq = NEW.seq AND item = NEW.item)
    OR EXISTS (SELECT 1 FROM subject WHERE contract_id = NEW.contract_id AND subject_ref = NEW.subject_ref)
    OR EXISTS (SELECT 1 FROM subject WHERE contract_id = NEW.contract_id AND label_hash = NEW.label_hash)
BEGIN SELECT RAISE(ABORT, 'subject: a row with this key exists already'); END;

-- A report can bring a million rows, so that a row is looked up nowhere: a fact's name follows from its place, and that
-- entry, subject and corrected fact are there is checked before the report is recorded, and again by every verification.
CREATE TABLE fact (
    contract_id BLOB NOT NULL,
    fact_id BLOB NOT NULL CHECK (length(fact_id) = 16),
    subject_ref BLOB,
    sealed BLOB CHECK (length(sealed) >= 72),
    commitment BLOB NOT NULL CHECK (length(commitment) = 32),
    seq INTEGER NOT NULL,
    item INTEGER NOT NULL CHECK (item BETWEEN 0 AND 2147483647),
    corrects BLOB,
    retracted INTEGER NOT NULL CHECK (retracted IN (0, 1)),
    PRIMARY KEY (contract_id, seq, item),
    CHECK (corrects IS NOT fact_id),
    CHECK (retracted = 0 OR corrects IS NOT NULL)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER fact_refuses_update BEFORE UPDATE ON fact
WHEN OLD.sealed IS NULL OR NEW.sealed IS NOT NULL
    OR (OLD.contract_id, OLD.fact_id, OLD.subject_ref, OLD.commitment, OLD.seq, OLD.item, OLD.corrects, OLD.retracted)
        IS NOT (NEW.contract_id, NEW.fact_id, NEW.subject_ref, NEW.commitment, NEW.seq, NEW.item, NEW.corrects,
            NEW.retracted)
    OR NOT EXISTS (
        SELECT 1 FROM chain_head AS h JOIN entry AS e ON e.chain_id = h.chain_id AND e.seq = h.seq
        WHERE h.chain_id = OLD.contract_id AND e.kind = 11)
BEGIN SELECT RAISE(ABORT, 'fact is append-only: rows are never changed but to erase; append a fact that corrects it'); END;
CREATE TRIGGER fact_refuses_delete BEFORE DELETE ON fact
BEGIN SELECT RAISE(ABORT, 'fact is append-only: rows are never deleted; append a fact that corrects it'); END;
CREATE TRIGGER fact_refuses_replace BEFORE INSERT ON fact
WHEN EXISTS (SELECT 1 FROM fact WHERE contract_id = NEW.contract_id AND seq = NEW.seq AND item = NEW.item)
BEGIN SELECT RAISE(ABORT, 'fact: a row with this key exists already'); END;

CREATE TABLE settlement_line (
    contract_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    item INTEGER NOT NULL CHECK (item BETWEEN 0 AND 2147483647),
    clause TEXT NOT NULL,
    payer TEXT NOT NULL,
    payee TEXT NOT NULL,
    subject_ref BLOB,
    part INTEGER NOT NULL CHECK (part BETWEEN 0 AND 32767),
    amount_minor TEXT NOT NULL CHECK (
        amount_minor = '0'
        OR ((amount_minor GLOB '[1-9]*' OR amount_minor GLOB '-[1-9]*')
            AND substr(amount_minor, 2) NOT GLOB '*[^0-9]*')
    ),
    sealed BLOB CHECK (length(sealed) >= 72),
    commitment BLOB NOT NULL CHECK (length(commitment) = 32),
    PRIMARY KEY (contract_id, seq, item),
    FOREIGN KEY (contract_id, seq) REFERENCES entry (chain_id, seq),
    FOREIGN KEY (contract_id, subject_ref) REFERENCES subject (contract_id, subject_ref)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER settlement_line_refuses_update BEFORE UPDATE ON settlement_line
WHEN OLD.sealed IS NULL OR NEW.sealed IS NOT NULL
    OR (OLD.contract_id, OLD.seq, OLD.item, OLD.clause, OLD.payer, OLD.payee, OLD.subject_ref, OLD.part,
            OLD.amount_minor, OLD.commitment)
        IS NOT (NEW.contract_id, NEW.seq, NEW.item, NEW.clause, NEW.payer, NEW.payee, NEW.subject_ref, NEW.part,
            NEW.amount_minor, NEW.commitment)
    OR NOT EXISTS (
        SELECT 1 FROM chain_head AS h JOIN entry AS e ON e.chain_id = h.chain_id AND e.seq = h.seq
        WHERE h.chain_id = OLD.contract_id AND e.kind = 11)
BEGIN SELECT RAISE(ABORT, 'settlement_line is append-only: rows are never changed but to erase; append a later line'); END;
CREATE TRIGGER settlement_line_refuses_delete BEFORE DELETE ON settlement_line
BEGIN SELECT RAISE(ABORT, 'settlement_line is append-only: rows are never deleted; append a later line'); END;
CREATE TRIGGER settlement_line_refuses_replace BEFORE INSERT ON settlement_line
WHEN EXISTS (SELECT 1 FROM settlement_line WHERE contract_id = NEW.contract_id AND seq = NEW.seq AND item = NEW.item)
BEGIN SELECT RAISE(ABORT, 'settlement_line: a row with this key exists already'); END;
