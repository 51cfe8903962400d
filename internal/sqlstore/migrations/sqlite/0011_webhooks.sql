-- +goose Up
-- Where apps want to hear of events. What is secret is sealed, as one JSON object. The position is the
-- event up to which deliveries have been made.
CREATE TABLE webhooks (
    webhook_number  INTEGER PRIMARY KEY AUTOINCREMENT,
    app_id          TEXT NOT NULL REFERENCES apps ON DELETE CASCADE,
    webhook_id      TEXT NOT NULL,
    name            TEXT NOT NULL,
    url             TEXT NOT NULL,
    triggers        TEXT NOT NULL,
    uses_basic_auth BIGINT NOT NULL,
    username        TEXT NOT NULL,
    fingerprint     BLOB NOT NULL UNIQUE,
    sealed          BLOB NOT NULL,
    enabled         BIGINT NOT NULL,
    retries         BIGINT NOT NULL,
    position        BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL,
    UNIQUE (app_id, webhook_id)
);

-- What is on its way to webhooks, and what was until a week ago. Times are unix milliseconds. Of one
-- webhook and user, one delivery is waiting for its time at most, and the others wait behind it.
CREATE TABLE deliveries (
    delivery_id    INTEGER PRIMARY KEY AUTOINCREMENT,
    webhook_number BIGINT NOT NULL REFERENCES webhooks ON DELETE CASCADE,
    event          TEXT NOT NULL,
    kind           TEXT NOT NULL,
    uid            TEXT NOT NULL,
    payload        TEXT NOT NULL,
    state          TEXT NOT NULL,
    attempts       BIGINT NOT NULL,
    status         BIGINT NOT NULL,
    failure        TEXT NOT NULL,
    due_at         BIGINT NOT NULL,
    created_at     BIGINT NOT NULL,
    finished_at    BIGINT NOT NULL
);
CREATE INDEX deliveries_of_webhook ON deliveries (webhook_number, delivery_id);
CREATE INDEX deliveries_due ON deliveries (webhook_number, state, due_at);
CREATE INDEX deliveries_of_user ON deliveries (webhook_number, uid, state, delivery_id);
CREATE INDEX deliveries_by_age ON deliveries (finished_at);
