-- +goose Up
-- How much happened in an app, once by minutes and once by hours: span is how many seconds either has,
-- at the unix second that it begins with.
CREATE TABLE activity (
    app_id   TEXT COLLATE "C" NOT NULL REFERENCES apps ON DELETE CASCADE,
    span     BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    sign_ins BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    refused  BIGINT NOT NULL,
    PRIMARY KEY (app_id, span, at)
);
CREATE INDEX activity_by_age ON activity (span, at);

-- How many of the failures had each error code.
CREATE TABLE failure_codes (
    app_id   TEXT COLLATE "C" NOT NULL,
    span     BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    code     TEXT COLLATE "C" NOT NULL,
    failures BIGINT NOT NULL,
    PRIMARY KEY (app_id, span, at, code),
    FOREIGN KEY (app_id, span, at) REFERENCES activity (app_id, span, at) ON DELETE CASCADE
);
