-- +goose Up
-- With the role at its end: who lists a role, active or not, walks along this index and looks up only who has it.
DROP INDEX users_of_app;
CREATE INDEX users_of_app ON users (app_id, name_folded, uid, role) WHERE deactivated_at >= 0;
