-- +goose Up
-- Times are unix seconds, those of events milliseconds; 0 and '' stand for absent.
CREATE TABLE installation (
    id        INTEGER PRIMARY KEY CHECK (id = 1),
    first_app TEXT NOT NULL
);

CREATE TABLE apps (
    app_id         TEXT   NOT NULL PRIMARY KEY,
    region         TEXT   NOT NULL,
    logout_revokes TEXT   NOT NULL,
    created_at     BIGINT NOT NULL
);

CREATE TABLE api_keys (
    key_id     INTEGER PRIMARY KEY AUTOINCREMENT,
    app_id     TEXT   NOT NULL REFERENCES apps ON DELETE CASCADE,
    value      TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    scope      TEXT   NOT NULL,
    created_by TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (app_id, value)
);

CREATE TABLE users (
    user_id        INTEGER PRIMARY KEY AUTOINCREMENT,
    app_id         TEXT   NOT NULL REFERENCES apps ON DELETE CASCADE,
    uid            TEXT   NOT NULL,
    name           TEXT   NOT NULL,
    avatar         TEXT   NOT NULL,
    link           TEXT   NOT NULL,
    role           TEXT   NOT NULL,
    status_message TEXT   NOT NULL,
    metadata       TEXT   NOT NULL,
    tags           TEXT   NOT NULL,
    created_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL,
    last_active_at BIGINT NOT NULL,
    deactivated_at BIGINT NOT NULL,
    UNIQUE (app_id, uid)
);

CREATE TABLE auth_tokens (
    -- Never used again, even when the newest token is deleted: the event log names tokens by it.
    token_id   INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id    BIGINT NOT NULL REFERENCES users ON DELETE CASCADE,
    value      TEXT   NOT NULL UNIQUE,
    minted_by  TEXT   NOT NULL,
    platform   TEXT   NOT NULL,
    device_id  TEXT   NOT NULL,
    user_agent TEXT   NOT NULL,
    app_info   TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX auth_tokens_of_user ON auth_tokens (user_id, token_id);

CREATE TABLE events (
    event_id INTEGER PRIMARY KEY,
    at       BIGINT NOT NULL,
    app_id   TEXT   NOT NULL,
    kind     TEXT   NOT NULL,
    uid      TEXT   NOT NULL,
    subject  TEXT   NOT NULL,
    actor    TEXT   NOT NULL,
    address  TEXT   NOT NULL
);
