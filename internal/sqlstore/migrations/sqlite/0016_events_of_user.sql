-- +goose Up
-- What happened to one user is looked up by who looks at that user.
CREATE INDEX events_of_user ON events (app_id, uid, event_id) WHERE uid <> '';
