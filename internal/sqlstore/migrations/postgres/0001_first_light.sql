-- +goose Up
-- Times are unix seconds, those of events milliseconds; 0 and '' stand for absent.
CREATE TABLE installation (
    id        INTEGER PRIMARY KEY CHECK (id = 1),
    first_app TEXT COLLATE "C" NOT NULL
);

CREATE TABLE apps (
    app_id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    region         TEXT COLLATE "C" NOT NULL,
    logout_revokes TEXT COLLATE "C" NOT NULL,
    created_at     BIGINT NOT NULL
);

CREATE TABLE api_keys (
    key_id     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    app_id     TEXT COLLATE "C" NOT NULL REFERENCES apps ON DELETE CASCADE,
    value      TEXT COLLATE "C" NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    scope      TEXT COLLATE "C" NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (app_id, value)
);

CREATE TABLE users (
    user_id        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    app_id         TEXT COLLATE "C" NOT NULL REFERENCES apps ON DELETE CASCADE,
    uid            TEXT COLLATE "C" NOT NULL,
    name           TEXT COLLATE "C" NOT NULL,
    avatar         TEXT COLLATE "C" NOT NULL,
    link           TEXT COLLATE "C" NOT NULL,
    role           TEXT COLLATE "C" NOT NULL,
    status_message TEXT COLLATE "C" NOT NULL,
    metadata       TEXT COLLATE "C" NOT NULL,
    tags           TEXT COLLATE "C" NOT NULL,
    created_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL,
    last_active_at BIGINT NOT NULL,
    deactivated_at BIGINT NOT NULL,
    UNIQUE (app_id, uid)
);

CREATE TABLE auth_tokens (
    -- Never used again, even when the newest token is deleted: the event log names tokens by it.
    token_id   BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id    BIGINT NOT NULL REFERENCES users ON DELETE CASCADE,
    value      TEXT COLLATE "C" NOT NULL UNIQUE,
    minted_by  TEXT COLLATE "C" NOT NULL,
    platform   TEXT COLLATE "C" NOT NULL,
    device_id  TEXT COLLATE "C" NOT NULL,
    user_agent TEXT COLLATE "C" NOT NULL,
    app_info   TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX auth_tokens_of_user ON auth_tokens (user_id, token_id);

CREATE TABLE events (
    event_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       BIGINT NOT NULL,
    app_id   TEXT COLLATE "C" NOT NULL,
    kind     TEXT COLLATE "C" NOT NULL,
    uid      TEXT COLLATE "C" NOT NULL,
    subject  TEXT COLLATE "C" NOT NULL,
    actor    TEXT COLLATE "C" NOT NULL,
    address  TEXT COLLATE "C" NOT NULL
);
