-- +goose Up
-- The newest event when the app was made: what is older is of a removed app that had the same id.
ALTER TABLE apps ADD COLUMN events_after BIGINT NOT NULL DEFAULT 0;
