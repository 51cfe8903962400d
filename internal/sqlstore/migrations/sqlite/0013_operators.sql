-- +goose Up
-- Who uses the console. The hash of a password says how it was made.
CREATE TABLE operators (
    operator_id   INTEGER PRIMARY KEY AUTOINCREMENT,
    name          TEXT NOT NULL UNIQUE,
    role          TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    signed_in_at  BIGINT NOT NULL
);

-- The secrets of authenticators, of those operators who have one.
CREATE TABLE operator_second_factors (
    operator_id BIGINT PRIMARY KEY REFERENCES operators ON DELETE CASCADE,
    fingerprint BLOB NOT NULL UNIQUE,
    sealed      BLOB NOT NULL,
    last_step   BIGINT NOT NULL
);

-- The browsers that operators are signed in with. The value of a cookie is kept nowhere.
CREATE TABLE operator_sessions (
    session_id  INTEGER PRIMARY KEY AUTOINCREMENT,
    operator_id BIGINT NOT NULL REFERENCES operators ON DELETE CASCADE,
    fingerprint BLOB NOT NULL UNIQUE,
    created_at  BIGINT NOT NULL,
    seen_at     BIGINT NOT NULL
);
CREATE INDEX operator_sessions_of_operator ON operator_sessions (operator_id);

-- Who may become an operator. is_first is 1 while there is no operator, else 0.
CREATE TABLE operator_invitations (
    invitation_id INTEGER PRIMARY KEY AUTOINCREMENT,
    fingerprint   BLOB NOT NULL UNIQUE,
    role          TEXT NOT NULL,
    is_first      BIGINT NOT NULL,
    invited_by    TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL
);
