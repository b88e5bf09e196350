-- What amendments say, word for word. `seq` is the position of the entry that put one forward; day, signatures and what
-- became of it follow from the chain. Twin of the SQLite migration of the same name.

CREATE TABLE amendment (
    contract_id uuid NOT NULL REFERENCES contract (contract_id),
    seq bigint NOT NULL CHECK (seq >= 1),
    document text NOT NULL,
    files text NOT NULL,
    settings text NOT NULL,
    PRIMARY KEY (contract_id, seq),
    FOREIGN KEY (contract_id, seq) REFERENCES entry (chain_id, seq)
);

CREATE TRIGGER amendment_refuses_change BEFORE UPDATE OR DELETE ON amendment
FOR EACH ROW EXECUTE FUNCTION refuse_change('propose another amendment');
CREATE TRIGGER amendment_refuses_truncate BEFORE TRUNCATE ON amendment
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('propose another amendment');
ALTER TABLE amendment ENABLE ALWAYS TRIGGER amendment_refuses_change;
ALTER TABLE amendment ENABLE ALWAYS TRIGGER amendment_refuses_truncate;
