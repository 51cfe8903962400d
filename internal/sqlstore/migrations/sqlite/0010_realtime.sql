-- +goose Up
-- Keys that sign JWTs. The private key is sealed; a key signs from its time on, until a newer one does.
CREATE TABLE signing_keys (
    signing_key_id INTEGER PRIMARY KEY AUTOINCREMENT,
    fingerprint    BLOB NOT NULL UNIQUE,
    sealed         BLOB NOT NULL,
    created_at     BIGINT NOT NULL,
    signs_from     BIGINT NOT NULL
);

-- The running servers. Whose lease (unix milliseconds) is over holds no connections any more.
CREATE TABLE nodes (
    node_id     TEXT NOT NULL PRIMARY KEY,
    lease_until BIGINT NOT NULL
);

-- Who is online, and at which server.
CREATE TABLE online (
    user_id BIGINT NOT NULL REFERENCES users ON DELETE CASCADE,
    node_id TEXT NOT NULL REFERENCES nodes ON DELETE CASCADE,
    app_id  TEXT NOT NULL,
    PRIMARY KEY (user_id, node_id)
);
CREATE INDEX online_at_node ON online (node_id, user_id);
CREATE INDEX online_of_app ON online (app_id, user_id);

-- What a kind of event tells beyond who and when: a JSON object.
ALTER TABLE events ADD COLUMN detail TEXT NOT NULL DEFAULT '';

-- The API key that issued a token; 0 for those from before it was noted.
ALTER TABLE auth_tokens ADD COLUMN issuer_id BIGINT NOT NULL DEFAULT 0;
