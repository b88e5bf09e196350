-- Where parties are told of what happened. The log is the outbox: `told_index` is the last place of the log that was looked at,
-- -1 before the first. Not part of the journal: rows change, and go when a party wants it.
-- Twin of the SQLite migration of the same name.
CREATE TABLE webhook (
    webhook_id uuid NOT NULL PRIMARY KEY,
    party_id uuid NOT NULL REFERENCES party (party_id),
    url text NOT NULL,
    secret text NOT NULL,
    created_at bigint NOT NULL,
    told_index bigint NOT NULL CHECK (told_index >= -1),
    failures bigint NOT NULL CHECK (failures >= 0),
    last_status bigint,
    last_at bigint,
    next_at bigint NOT NULL
);

CREATE INDEX webhook_by_party ON webhook (party_id);
