-- Answers to requests that came with an idempotency key. The key itself is not kept, only its digest.
-- `chain_id` and `seq` name the first entry that was written under the key; it repeats both digests.
-- Twin of the SQLite migration of the same name.

CREATE TABLE receipt (
    idempotency bytea NOT NULL PRIMARY KEY CHECK (octet_length(idempotency) = 32),
    request bytea NOT NULL CHECK (octet_length(request) = 32),
    chain_id uuid NOT NULL,
    seq bigint NOT NULL CHECK (seq >= 1),
    answer text NOT NULL,
    UNIQUE (chain_id, seq),
    FOREIGN KEY (chain_id, seq) REFERENCES entry (chain_id, seq)
);

CREATE TRIGGER receipt_refuses_change BEFORE UPDATE OR DELETE ON receipt
FOR EACH ROW EXECUTE FUNCTION refuse_change('what was answered stays');
CREATE TRIGGER receipt_refuses_truncate BEFORE TRUNCATE ON receipt
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('what was answered stays');
ALTER TABLE receipt ENABLE ALWAYS TRIGGER receipt_refuses_change;
ALTER TABLE receipt ENABLE ALWAYS TRIGGER receipt_refuses_truncate;
