-- +goose Up
-- Whether an auth token belongs to the device that signed in with it first: 1 or 0.
ALTER TABLE apps ADD COLUMN binds_devices BIGINT NOT NULL DEFAULT 0;
