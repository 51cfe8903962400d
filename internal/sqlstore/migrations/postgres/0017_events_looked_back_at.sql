-- +goose Up
-- The events of a kind are looked up by who looks for what happens seldom among what happens all the time.
-- No kind is empty: a part of the table is what makes SQLite prefer this index to that of the whole app.
CREATE INDEX events_of_kind ON events (app_id, kind, event_id) WHERE kind <> '';
-- Whoever looks back goes by the ids: for an app that has been quiet for long, going through the events of
-- all the others would take long.
CREATE INDEX events_of_app_by_id ON events (app_id, event_id);
