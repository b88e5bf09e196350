-- The log: all entries of all chains in one Merkle tree, and the checkpoints that were signed over it.
-- Everything here follows from `entry`, except signatures. It is written after the commit of the entries, in transactions of
-- its own whose first statement locks the row of `sequencer`.

-- One row: how many rows the append-only tables of the log have, so that a cut-off end shows.
CREATE TABLE sequencer (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    size INTEGER NOT NULL CHECK (size >= 0),
    checkpoints INTEGER NOT NULL CHECK (checkpoints >= 0),
    cosignatures INTEGER NOT NULL CHECK (cosignatures >= 0)
) STRICT, WITHOUT ROWID;
INSERT INTO sequencer (one, size, checkpoints, cosignatures) VALUES (1, 0, 0, 0);

CREATE TRIGGER sequencer_refuses_update BEFORE UPDATE OF one ON sequencer
BEGIN SELECT RAISE(ABORT, 'sequencer is append-only: only its numbers may grow'); END;
CREATE TRIGGER sequencer_refuses_delete BEFORE DELETE ON sequencer
BEGIN SELECT RAISE(ABORT, 'sequencer is append-only: rows are never deleted'); END;
CREATE TRIGGER sequencer_refuses_replace BEFORE INSERT ON sequencer WHEN EXISTS (SELECT 1 FROM sequencer)
BEGIN SELECT RAISE(ABORT, 'sequencer: the database holds one row and has it already'); END;
CREATE TRIGGER sequencer_refuses_return BEFORE UPDATE ON sequencer
WHEN NEW.size < OLD.size OR NEW.checkpoints < OLD.checkpoints OR NEW.cosignatures < OLD.cosignatures
BEGIN SELECT RAISE(ABORT, 'sequencer only moves forward'); END;

CREATE TABLE log_entry (
    log_index INTEGER NOT NULL PRIMARY KEY CHECK (log_index >= 0),
    chain_id BLOB NOT NULL CHECK (length(chain_id) = 16),
    seq INTEGER NOT NULL CHECK (seq >= 1),
    leaf BLOB NOT NULL CHECK (length(leaf) = 32),
    UNIQUE (chain_id, seq),
    FOREIGN KEY (chain_id, seq) REFERENCES entry (chain_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER log_entry_refuses_update BEFORE UPDATE ON log_entry
BEGIN SELECT RAISE(ABORT, 'log_entry is append-only: rows are never changed'); END;
CREATE TRIGGER log_entry_refuses_delete BEFORE DELETE ON log_entry
BEGIN SELECT RAISE(ABORT, 'log_entry is append-only: rows are never deleted'); END;
CREATE TRIGGER log_entry_refuses_replace BEFORE INSERT ON log_entry
WHEN EXISTS (SELECT 1 FROM log_entry WHERE log_index = NEW.log_index)
    OR EXISTS (SELECT 1 FROM log_entry WHERE chain_id = NEW.chain_id AND seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'log_entry: a row with this key exists already'); END;

-- Node n of level l is the root over the leaves n · 256^l to (n + 1) · 256^l − 1; the leaves are level 0.
CREATE TABLE log_node (
    level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 7),
    node_index INTEGER NOT NULL CHECK (node_index >= 0),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (level, node_index)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER log_node_refuses_update BEFORE UPDATE ON log_node
BEGIN SELECT RAISE(ABORT, 'log_node is append-only: rows are never changed'); END;
CREATE TRIGGER log_node_refuses_delete BEFORE DELETE ON log_node
BEGIN SELECT RAISE(ABORT, 'log_node is append-only: rows are never deleted'); END;
CREATE TRIGGER log_node_refuses_replace BEFORE INSERT ON log_node
WHEN EXISTS (SELECT 1 FROM log_node WHERE level = NEW.level AND node_index = NEW.node_index)
BEGIN SELECT RAISE(ABORT, 'log_node: a row with this key exists already'); END;

-- How far each chain is in the log.
CREATE TABLE sequenced (
    chain_id BLOB NOT NULL PRIMARY KEY REFERENCES chain_head (chain_id),
    seq INTEGER NOT NULL CHECK (seq >= 0)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER sequenced_refuses_update BEFORE UPDATE OF chain_id ON sequenced
BEGIN SELECT RAISE(ABORT, 'sequenced is append-only: only seq may change'); END;
CREATE TRIGGER sequenced_refuses_delete BEFORE DELETE ON sequenced
BEGIN SELECT RAISE(ABORT, 'sequenced is append-only: rows are never deleted'); END;
CREATE TRIGGER sequenced_refuses_replace BEFORE INSERT ON sequenced
WHEN EXISTS (SELECT 1 FROM sequenced WHERE chain_id = NEW.chain_id)
BEGIN SELECT RAISE(ABORT, 'sequenced: a row with this key exists already'); END;
CREATE TRIGGER sequenced_refuses_return BEFORE UPDATE ON sequenced WHEN NEW.seq <= OLD.seq
BEGIN SELECT RAISE(ABORT, 'sequenced only moves forward'); END;

-- What was signed: the note verbatim, and the root in it. No instant: nothing would prove it.
CREATE TABLE checkpoint (
    size INTEGER NOT NULL PRIMARY KEY CHECK (size >= 1),
    root BLOB NOT NULL CHECK (length(root) = 32),
    note TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER checkpoint_refuses_update BEFORE UPDATE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'checkpoint is append-only: rows are never changed'); END;
CREATE TRIGGER checkpoint_refuses_delete BEFORE DELETE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'checkpoint is append-only: rows are never deleted'); END;
CREATE TRIGGER checkpoint_refuses_replace BEFORE INSERT ON checkpoint
WHEN EXISTS (SELECT 1 FROM checkpoint WHERE size = NEW.size)
BEGIN SELECT RAISE(ABORT, 'checkpoint: a row with this key exists already'); END;

-- What witnesses signed: the line of the note verbatim, and the key that verifies it.
CREATE TABLE cosignature (
    size INTEGER NOT NULL REFERENCES checkpoint (size),
    verifier_key TEXT NOT NULL,
    line TEXT NOT NULL,
    PRIMARY KEY (size, verifier_key)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER cosignature_refuses_update BEFORE UPDATE ON cosignature
BEGIN SELECT RAISE(ABORT, 'cosignature is append-only: rows are never changed'); END;
CREATE TRIGGER cosignature_refuses_delete BEFORE DELETE ON cosignature
BEGIN SELECT RAISE(ABORT, 'cosignature is append-only: rows are never deleted'); END;
CREATE TRIGGER cosignature_refuses_replace BEFORE INSERT ON cosignature
WHEN EXISTS (SELECT 1 FROM cosignature WHERE size = NEW.size AND verifier_key = NEW.verifier_key)
BEGIN SELECT RAISE(ABORT, 'cosignature: a row with this key exists already'); END;
