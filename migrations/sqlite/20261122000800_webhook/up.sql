-- Where parties are told of what happened. The log is the outbox: `told_index` is the last place of the log that was looked at,
-- -1 before the first. Not part of the journal: rows change, and go when a party wants it.
CREATE TABLE webhook (
    webhook_id BLOB NOT NULL PRIMARY KEY CHECK (length(webhook_id) = 16),
    party_id BLOB NOT NULL REFERENCES party (party_id),
    url TEXT NOT NULL,
    secret TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    told_index INTEGER NOT NULL CHECK (told_index >= -1),
    failures INTEGER NOT NULL CHECK (failures >= 0),
    last_status INTEGER,
    last_at INTEGER,
    next_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX webhook_by_party ON webhook (party_id);
