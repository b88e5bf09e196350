-- The log: all entries of all chains in one Merkle tree, and the checkpoints that were signed over it.
-- Twin of the SQLite migration of the same name, which explains the tables.

CREATE TABLE sequencer (
    one smallint NOT NULL PRIMARY KEY CHECK (one = 1),
    size bigint NOT NULL CHECK (size >= 0),
    checkpoints bigint NOT NULL CHECK (checkpoints >= 0),
    cosignatures bigint NOT NULL CHECK (cosignatures >= 0)
);
INSERT INTO sequencer (one, size, checkpoints, cosignatures) VALUES (1, 0, 0, 0);

CREATE TABLE log_entry (
    log_index bigint NOT NULL PRIMARY KEY CHECK (log_index >= 0),
    chain_id uuid NOT NULL,
    seq bigint NOT NULL CHECK (seq >= 1),
    leaf bytea NOT NULL CHECK (octet_length(leaf) = 32),
    UNIQUE (chain_id, seq),
    FOREIGN KEY (chain_id, seq) REFERENCES entry (chain_id, seq)
);

-- Node n of level l is the root over the leaves n · 256^l to (n + 1) · 256^l − 1; the leaves are level 0.
CREATE TABLE log_node (
    level smallint NOT NULL CHECK (level BETWEEN 1 AND 7),
    node_index bigint NOT NULL CHECK (node_index >= 0),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (level, node_index)
);

-- How far each chain is in the log.
CREATE TABLE sequenced (
    chain_id uuid NOT NULL PRIMARY KEY REFERENCES chain_head (chain_id),
    seq bigint NOT NULL CHECK (seq >= 0)
);

-- What was signed: the note verbatim, and the root in it. No instant: nothing would prove it.
CREATE TABLE checkpoint (
    size bigint NOT NULL PRIMARY KEY CHECK (size >= 1),
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    note text NOT NULL
);

-- What witnesses signed: the line of the note verbatim, and the key that verifies it.
CREATE TABLE cosignature (
    size bigint NOT NULL REFERENCES checkpoint (size),
    verifier_key text COLLATE "C" NOT NULL,
    line text NOT NULL,
    PRIMARY KEY (size, verifier_key)
);

CREATE TRIGGER sequencer_refuses_change BEFORE DELETE OR UPDATE OF one ON sequencer
FOR EACH ROW EXECUTE FUNCTION refuse_change('only its numbers may grow');
CREATE TRIGGER sequencer_refuses_truncate BEFORE TRUNCATE ON sequencer
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('only its numbers may grow');
ALTER TABLE sequencer ENABLE ALWAYS TRIGGER sequencer_refuses_change;
ALTER TABLE sequencer ENABLE ALWAYS TRIGGER sequencer_refuses_truncate;

CREATE TRIGGER log_entry_refuses_change BEFORE UPDATE OR DELETE ON log_entry
FOR EACH ROW EXECUTE FUNCTION refuse_change('the log only grows');
CREATE TRIGGER log_entry_refuses_truncate BEFORE TRUNCATE ON log_entry
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('the log only grows');
ALTER TABLE log_entry ENABLE ALWAYS TRIGGER log_entry_refuses_change;
ALTER TABLE log_entry ENABLE ALWAYS TRIGGER log_entry_refuses_truncate;

CREATE TRIGGER log_node_refuses_change BEFORE UPDATE OR DELETE ON log_node
FOR EACH ROW EXECUTE FUNCTION refuse_change('the log only grows');
CREATE TRIGGER log_node_refuses_truncate BEFORE TRUNCATE ON log_node
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('the log only grows');
ALTER TABLE log_node ENABLE ALWAYS TRIGGER log_node_refuses_change;
ALTER TABLE log_node ENABLE ALWAYS TRIGGER log_node_refuses_truncate;

CREATE TRIGGER sequenced_refuses_change BEFORE DELETE OR UPDATE OF chain_id ON sequenced
FOR EACH ROW EXECUTE FUNCTION refuse_change('only seq may change');
CREATE TRIGGER sequenced_refuses_truncate BEFORE TRUNCATE ON sequenced
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('only seq may change');
ALTER TABLE sequenced ENABLE ALWAYS TRIGGER sequenced_refuses_change;
ALTER TABLE sequenced ENABLE ALWAYS TRIGGER sequenced_refuses_truncate;

CREATE TRIGGER checkpoint_refuses_change BEFORE UPDATE OR DELETE ON checkpoint
FOR EACH ROW EXECUTE FUNCTION refuse_change('what was signed stays signed');
CREATE TRIGGER checkpoint_refuses_truncate BEFORE TRUNCATE ON checkpoint
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('what was signed stays signed');
ALTER TABLE checkpoint ENABLE ALWAYS TRIGGER checkpoint_refuses_change;
ALTER TABLE checkpoint ENABLE ALWAYS TRIGGER checkpoint_refuses_truncate;

CREATE TRIGGER cosignature_refuses_change BEFORE UPDATE OR DELETE ON cosignature
FOR EACH ROW EXECUTE FUNCTION refuse_change('what was signed stays signed');
CREATE TRIGGER cosignature_refuses_truncate BEFORE TRUNCATE ON cosignature
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('what was signed stays signed');
ALTER TABLE cosignature ENABLE ALWAYS TRIGGER cosignature_refuses_change;
ALTER TABLE cosignature ENABLE ALWAYS TRIGGER cosignature_refuses_truncate;

CREATE TRIGGER sequencer_refuses_return BEFORE UPDATE ON sequencer
FOR EACH ROW WHEN (NEW.size < OLD.size OR NEW.checkpoints < OLD.checkpoints OR NEW.cosignatures < OLD.cosignatures)
EXECUTE FUNCTION refuse_change('its numbers only move forward');
ALTER TABLE sequencer ENABLE ALWAYS TRIGGER sequencer_refuses_return;
CREATE TRIGGER sequenced_refuses_return BEFORE UPDATE ON sequenced
FOR EACH ROW WHEN (NEW.seq <= OLD.seq) EXECUTE FUNCTION refuse_change('a chain only moves forward');
ALTER TABLE sequenced ENABLE ALWAYS TRIGGER sequenced_refuses_return;
