-- Who read what about patients, and which figures about them were given out. Neither holds anything about one patient.

CREATE TABLE patient_read (
    contract_id BLOB NOT NULL REFERENCES contract (contract_id),
    read_id BLOB NOT NULL CHECK (length(read_id) = 16),
    party_id BLOB NOT NULL REFERENCES party (party_id),
    operation TEXT NOT NULL,
    row_count INTEGER NOT NULL CHECK (row_count >= 0),
    read_at INTEGER NOT NULL,
    PRIMARY KEY (contract_id, read_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER patient_read_refuses_update BEFORE UPDATE ON patient_read
BEGIN SELECT RAISE(ABORT, 'patient_read is append-only: rows are never changed'); END;
CREATE TRIGGER patient_read_refuses_delete BEFORE DELETE ON patient_read
BEGIN SELECT RAISE(ABORT, 'patient_read is append-only: rows are never deleted'); END;
CREATE TRIGGER patient_read_refuses_replace BEFORE INSERT ON patient_read
WHEN EXISTS (SELECT 1 FROM patient_read WHERE contract_id = NEW.contract_id AND read_id = NEW.read_id)
BEGIN SELECT RAISE(ABORT, 'patient_read: a row with this key exists already'); END;

-- A release counts what was recorded up to position `seq`, before the day `released_on`; at most one for each such day.
CREATE TABLE aggregate_release (
    contract_id BLOB NOT NULL,
    released_on INTEGER NOT NULL,
    seq INTEGER NOT NULL CHECK (seq >= 1),
    counts TEXT NOT NULL,
    PRIMARY KEY (contract_id, released_on),
    FOREIGN KEY (contract_id, seq) REFERENCES entry (chain_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER aggregate_release_refuses_update BEFORE UPDATE ON aggregate_release
BEGIN SELECT RAISE(ABORT, 'aggregate_release is append-only: rows are never changed'); END;
CREATE TRIGGER aggregate_release_refuses_delete BEFORE DELETE ON aggregate_release
BEGIN SELECT RAISE(ABORT, 'aggregate_release is append-only: rows are never deleted'); END;
CREATE TRIGGER aggregate_release_refuses_replace BEFORE INSERT ON aggregate_release
WHEN EXISTS (SELECT 1 FROM aggregate_release WHERE contract_id = NEW.contract_id AND released_on = NEW.released_on)
BEGIN SELECT RAISE(ABORT, 'aggregate_release: a row with this key exists already'); END;
