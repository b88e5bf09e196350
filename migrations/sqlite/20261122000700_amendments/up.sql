-- What amendments say, word for word. `seq` is the position of the entry that put one forward; day, signatures and what
-- became of it follow from the chain.

CREATE TABLE amendment (
    contract_id BLOB NOT NULL REFERENCES contract (contract_id),
    seq INTEGER NOT NULL CHECK (seq >= 1),
    document TEXT NOT NULL,
    files TEXT NOT NULL,
    settings TEXT NOT NULL,
    PRIMARY KEY (contract_id, seq),
    FOREIGN KEY (contract_id, seq) REFERENCES entry (chain_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER amendment_refuses_update BEFORE UPDATE ON amendment
BEGIN SELECT RAISE(ABORT, 'amendment is append-only: rows are never changed; propose another amendment'); END;
CREATE TRIGGER amendment_refuses_delete BEFORE DELETE ON amendment
BEGIN SELECT RAISE(ABORT, 'amendment is append-only: rows are never deleted'); END;
CREATE TRIGGER amendment_refuses_replace BEFORE INSERT ON amendment
WHEN EXISTS (SELECT 1 FROM amendment WHERE contract_id = NEW.contract_id AND seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'amendment: a row with this key exists already'); END;
