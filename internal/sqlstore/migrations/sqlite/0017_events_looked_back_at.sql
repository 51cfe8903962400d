-- +goose Up
-- The events of a kind are looked up by who looks for what happens seldom among what happens all the time.
-- No kind is empty: a part of the table is what makes SQLite prefer this index to that of the whole app.
CREATE INDEX events_of_kind ON events (app_id, kind, event_id) WHERE kind <> '';
