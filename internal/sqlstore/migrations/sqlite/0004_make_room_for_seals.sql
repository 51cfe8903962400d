-- +goose Up
-- Credentials in clear have their last version here: 0005, written in Go because it needs the
-- keyset, moves them over, and 0006 removes the old tables.
CREATE TABLE api_keys_sealed (
    key_id       INTEGER PRIMARY KEY AUTOINCREMENT,
    app_id       TEXT   NOT NULL REFERENCES apps ON DELETE CASCADE,
    fingerprint  BLOB   NOT NULL,
    sealed       BLOB   NOT NULL,
    name         TEXT   NOT NULL,
    scope        TEXT   NOT NULL,
    created_by   TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL DEFAULT 0,
    disabled_at  BIGINT NOT NULL DEFAULT 0,
    UNIQUE (app_id, fingerprint)
);

CREATE TABLE auth_tokens_sealed (
    token_id    INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id     BIGINT NOT NULL REFERENCES users ON DELETE CASCADE,
    fingerprint BLOB   NOT NULL UNIQUE,
    sealed      BLOB   NOT NULL,
    minted_by   TEXT   NOT NULL,
    platform    TEXT   NOT NULL,
    device_id   TEXT   NOT NULL,
    user_agent  TEXT   NOT NULL,
    app_info    TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL DEFAULT 0
);
