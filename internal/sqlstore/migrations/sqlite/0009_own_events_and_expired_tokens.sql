-- +goose Up
-- The newest event when the app was made: what is older is of a removed app that had the same id.
ALTER TABLE apps ADD COLUMN events_after INTEGER NOT NULL DEFAULT 0;

-- Finds what has expired of one user's tokens before live ones are pushed out of its hundred.
CREATE INDEX auth_tokens_of_user_by_end ON auth_tokens (user_id, expires_at) WHERE expires_at > 0;
