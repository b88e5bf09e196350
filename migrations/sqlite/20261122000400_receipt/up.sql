-- Answers to requests that came with an idempotency key. The key itself is not kept, only its digest.
-- `chain_id` and `seq` name the first entry that was written under the key; it repeats both digests.

CREATE TABLE receipt (
    idempotency BLOB NOT NULL PRIMARY KEY CHECK (length(idempotency) = 32),
    request BLOB NOT NULL CHECK (length(request) = 32),
    chain_id BLOB NOT NULL CHECK (length(chain_id) = 16),
    seq INTEGER NOT NULL CHECK (seq >= 1),
    answer TEXT NOT NULL,
    UNIQUE (chain_id, seq),
    FOREIGN KEY (chain_id, seq) REFERENCES entry (chain_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER receipt_refuses_update BEFORE UPDATE ON receipt
BEGIN SELECT RAISE(ABORT, 'receipt is append-only: rows are never changed'); END;
CREATE TRIGGER receipt_refuses_delete BEFORE DELETE ON receipt
BEGIN SELECT RAISE(ABORT, 'receipt is append-only: rows are never deleted'); END;
CREATE TRIGGER receipt_refuses_replace BEFORE INSERT ON receipt
WHEN EXISTS (SELECT 1 FROM receipt WHERE idempotency = NEW.idempotency)
    OR EXISTS (SELECT 1 FROM receipt WHERE chain_id = NEW.chain_id AND seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'receipt: a row with this key exists already'); END;
