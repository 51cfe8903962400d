-- +goose Up
-- Requests that were sent with an Idempotency-Key, for a day. The answer is NULL until there is one;
-- it may hold a credential and is sealed.
CREATE TABLE attempts (
    attempt_id    BLOB   NOT NULL PRIMARY KEY,
    request       BLOB   NOT NULL,
    started_at    BIGINT NOT NULL,
    sealed_answer BLOB
);
CREATE INDEX attempts_by_age ON attempts (started_at);
