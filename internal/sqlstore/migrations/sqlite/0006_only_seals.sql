-- +goose Up
-- Ids go on where they were: the event log names keys and tokens by them.
DELETE FROM sqlite_sequence WHERE name IN ('api_keys_sealed', 'auth_tokens_sealed');
INSERT INTO sqlite_sequence (name, seq) SELECT name || '_sealed', seq FROM sqlite_sequence WHERE name IN ('api_keys', 'auth_tokens');
DROP TABLE api_keys;
DROP TABLE auth_tokens;
ALTER TABLE api_keys_sealed RENAME TO api_keys;
ALTER TABLE auth_tokens_sealed RENAME TO auth_tokens;
CREATE INDEX auth_tokens_of_user ON auth_tokens (user_id, token_id);
CREATE INDEX auth_tokens_by_end ON auth_tokens (expires_at) WHERE expires_at > 0;
