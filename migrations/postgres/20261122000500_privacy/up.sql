-- Who read what about patients, and which figures about them were given out. Neither holds anything about one patient.
-- Twin of the SQLite migration of the same name.

CREATE TABLE patient_read (
    contract_id uuid NOT NULL REFERENCES contract (contract_id),
    read_id uuid NOT NULL,
    party_id uuid NOT NULL REFERENCES party (party_id),
    operation text NOT NULL,
    row_count bigint NOT NULL CHECK (row_count >= 0),
    read_at bigint NOT NULL,
    PRIMARY KEY (contract_id, read_id)
);

CREATE TRIGGER patient_read_refuses_change BEFORE UPDATE OR DELETE ON patient_read
FOR EACH ROW EXECUTE FUNCTION refuse_change('who read stays');
CREATE TRIGGER patient_read_refuses_truncate BEFORE TRUNCATE ON patient_read
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('who read stays');
ALTER TABLE patient_read ENABLE ALWAYS TRIGGER patient_read_refuses_change;
ALTER TABLE patient_read ENABLE ALWAYS TRIGGER patient_read_refuses_truncate;

-- A release counts what was recorded up to position `seq`, before the day `released_on`; at most one for each such day.
CREATE TABLE aggregate_release (
    contract_id uuid NOT NULL,
    released_on date NOT NULL,
    seq bigint NOT NULL CHECK (seq >= 1),
    counts text NOT NULL,
    PRIMARY KEY (contract_id, released_on),
    FOREIGN KEY (contract_id, seq) REFERENCES entry (chain_id, seq)
);

CREATE TRIGGER aggregate_release_refuses_change BEFORE UPDATE OR DELETE ON aggregate_release
FOR EACH ROW EXECUTE FUNCTION refuse_change('what was given out stays');
CREATE TRIGGER aggregate_release_refuses_truncate BEFORE TRUNCATE ON aggregate_release
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('what was given out stays');
ALTER TABLE aggregate_release ENABLE ALWAYS TRIGGER aggregate_release_refuses_change;
ALTER TABLE aggregate_release ENABLE ALWAYS TRIGGER aggregate_release_refuses_truncate;
