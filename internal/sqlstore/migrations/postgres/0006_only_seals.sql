-- +goose Up
-- Ids go on where they were: the event log names keys and tokens by them.
SELECT setval(pg_get_serial_sequence('api_keys_sealed', 'key_id'), nextval(pg_get_serial_sequence('api_keys', 'key_id')), false);
SELECT setval(pg_get_serial_sequence('auth_tokens_sealed', 'token_id'), nextval(pg_get_serial_sequence('auth_tokens', 'token_id')), false);
DROP TABLE api_keys;
DROP TABLE auth_tokens;
ALTER TABLE api_keys_sealed RENAME TO api_keys;
ALTER TABLE auth_tokens_sealed RENAME TO auth_tokens;
CREATE INDEX auth_tokens_of_user ON auth_tokens (user_id, token_id);
CREATE INDEX auth_tokens_by_end ON auth_tokens (expires_at) WHERE expires_at > 0;
