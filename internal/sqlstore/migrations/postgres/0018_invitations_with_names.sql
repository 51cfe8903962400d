-- +goose Up
-- Whom an invitation is for, where that is somebody in particular, and whether it is to set the password of
-- an operator anew: then resets is 1, else 0.
ALTER TABLE operator_invitations ADD COLUMN name TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE operator_invitations ADD COLUMN resets BIGINT NOT NULL DEFAULT 0;
