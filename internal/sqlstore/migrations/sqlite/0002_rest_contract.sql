-- +goose Up
ALTER TABLE apps ADD COLUMN name TEXT NOT NULL DEFAULT '';
-- Seconds that a new auth token lives; 0 for ever.
ALTER TABLE apps ADD COLUMN token_life BIGINT NOT NULL DEFAULT 0;
-- What keys of the scope authOnly may do: full, tokens or none.
ALTER TABLE apps ADD COLUMN auth_only_access TEXT NOT NULL DEFAULT 'full';
ALTER TABLE apps ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0;
-- When a deleted app is removed for good; 0 when it is not deleted.
ALTER TABLE apps ADD COLUMN delete_at BIGINT NOT NULL DEFAULT 0;

ALTER TABLE api_keys ADD COLUMN last_used_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE api_keys ADD COLUMN disabled_at BIGINT NOT NULL DEFAULT 0;

ALTER TABLE auth_tokens ADD COLUMN expires_at BIGINT NOT NULL DEFAULT 0;

ALTER TABLE events ADD COLUMN user_agent TEXT NOT NULL DEFAULT '';
CREATE INDEX events_of_app ON events (app_id, event_id);

-- The name as searching and sorting see it: in lower case.
ALTER TABLE users ADD COLUMN name_folded TEXT NOT NULL DEFAULT '';
UPDATE users SET name_folded = lower(name);
CREATE INDEX users_by_name ON users (app_id, name_folded, uid) WHERE deactivated_at = 0;
CREATE INDEX users_by_uid ON users (app_id, uid) WHERE deactivated_at = 0;
CREATE INDEX users_by_role ON users (app_id, role, name_folded, uid) WHERE deactivated_at = 0;
CREATE INDEX users_deactivated ON users (app_id, name_folded, uid) WHERE deactivated_at > 0;

CREATE TABLE user_tags (
    user_id BIGINT NOT NULL REFERENCES users ON DELETE CASCADE,
    app_id  TEXT   NOT NULL,
    tag     TEXT   NOT NULL,
    PRIMARY KEY (user_id, tag)
);
CREATE INDEX user_tags_by_tag ON user_tags (app_id, tag, user_id);

CREATE TABLE roles (
    app_id      TEXT   NOT NULL REFERENCES apps ON DELETE CASCADE,
    role        TEXT   NOT NULL,
    name        TEXT   NOT NULL,
    description TEXT   NOT NULL,
    metadata    TEXT   NOT NULL,
    settings    TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    PRIMARY KEY (app_id, role)
);
INSERT INTO roles (app_id, role, name, description, metadata, settings, created_at, updated_at)
SELECT app_id, 'default', 'Default', '', '', '', created_at, created_at FROM apps;

CREATE TABLE blocks (
    blocker_id BIGINT NOT NULL REFERENCES users ON DELETE CASCADE,
    blocked_id BIGINT NOT NULL REFERENCES users ON DELETE CASCADE,
    blocked_at BIGINT NOT NULL,
    PRIMARY KEY (blocker_id, blocked_id)
);
CREATE INDEX blocks_by_blocked ON blocks (blocked_id, blocker_id);
