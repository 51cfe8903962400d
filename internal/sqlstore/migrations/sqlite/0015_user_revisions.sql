-- +goose Up
-- A text that is drawn anew whenever users of an app change in a way that could make the total of a list
-- another one (docs/adr/0005-user-counts.md). SQLite, with its one writer, has only slot 0.
CREATE TABLE user_revisions (
    app_id   TEXT   NOT NULL REFERENCES apps ON DELETE CASCADE,
    slot     BIGINT NOT NULL,
    revision TEXT   NOT NULL,
    PRIMARY KEY (app_id, slot)
) WITHOUT ROWID;

-- Users who go together with their app need no revision: it goes too.
-- +goose StatementBegin
CREATE TRIGGER revise_added_user AFTER INSERT ON users
BEGIN
    INSERT INTO user_revisions (app_id, slot, revision)
    SELECT app_id, 0, hex(randomblob(16)) FROM apps WHERE app_id = NEW.app_id
    ON CONFLICT DO UPDATE SET revision = excluded.revision;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER revise_deleted_user AFTER DELETE ON users
BEGIN
    INSERT INTO user_revisions (app_id, slot, revision)
    SELECT app_id, 0, hex(randomblob(16)) FROM apps WHERE app_id = OLD.app_id
    ON CONFLICT DO UPDATE SET revision = excluded.revision;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER revise_changed_user AFTER UPDATE OF app_id, uid, name_folded, role, deactivated_at ON users
WHEN (OLD.app_id, OLD.uid, OLD.name_folded, OLD.role, OLD.deactivated_at) IS NOT (NEW.app_id, NEW.uid, NEW.name_folded, NEW.role, NEW.deactivated_at)
BEGIN
    INSERT INTO user_revisions (app_id, slot, revision)
    SELECT app_id, 0, hex(randomblob(16)) FROM apps WHERE app_id IN (OLD.app_id, NEW.app_id)
    ON CONFLICT DO UPDATE SET revision = excluded.revision;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER revise_added_tag AFTER INSERT ON user_tags
BEGIN
    INSERT INTO user_revisions (app_id, slot, revision)
    SELECT app_id, 0, hex(randomblob(16)) FROM apps WHERE app_id = NEW.app_id
    ON CONFLICT DO UPDATE SET revision = excluded.revision;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER revise_deleted_tag AFTER DELETE ON user_tags
BEGIN
    INSERT INTO user_revisions (app_id, slot, revision)
    SELECT app_id, 0, hex(randomblob(16)) FROM apps WHERE app_id = OLD.app_id
    ON CONFLICT DO UPDATE SET revision = excluded.revision;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER revise_changed_tag AFTER UPDATE ON user_tags
BEGIN
    INSERT INTO user_revisions (app_id, slot, revision)
    SELECT app_id, 0, hex(randomblob(16)) FROM apps WHERE app_id IN (OLD.app_id, NEW.app_id)
    ON CONFLICT DO UPDATE SET revision = excluded.revision;
END;
-- +goose StatementEnd
