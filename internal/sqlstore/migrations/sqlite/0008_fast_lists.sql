-- +goose Up
-- How many users of each role an app has, kept by the triggers below, so that lists need not count
-- (docs/adr/0005-user-counts.md). The sum over all slots counts; SQLite, with its one writer, has only slot 0.
CREATE TABLE user_counts (
    app_id      TEXT   NOT NULL REFERENCES apps ON DELETE CASCADE,
    role        TEXT   NOT NULL,
    slot        BIGINT NOT NULL,
    active      BIGINT NOT NULL,
    deactivated BIGINT NOT NULL,
    PRIMARY KEY (app_id, role, slot)
) WITHOUT ROWID;
INSERT INTO user_counts (app_id, role, slot, active, deactivated)
SELECT app_id, role, 0, sum(deactivated_at = 0), sum(deactivated_at > 0) FROM users GROUP BY app_id, role;

-- +goose StatementBegin
CREATE TRIGGER count_added_user AFTER INSERT ON users
BEGIN
    INSERT INTO user_counts (app_id, role, slot, active, deactivated)
    SELECT NEW.app_id, NEW.role, 0, 0, 0
    WHERE NOT EXISTS (SELECT 1 FROM user_counts WHERE app_id = NEW.app_id AND role = NEW.role AND slot = 0);
    UPDATE user_counts SET active = active + (NEW.deactivated_at = 0), deactivated = deactivated + (NEW.deactivated_at > 0)
    WHERE app_id = NEW.app_id AND role = NEW.role AND slot = 0;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER count_deleted_user AFTER DELETE ON users
BEGIN
    UPDATE user_counts SET active = active - (OLD.deactivated_at = 0), deactivated = deactivated - (OLD.deactivated_at > 0)
    WHERE app_id = OLD.app_id AND role = OLD.role AND slot = 0;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER count_changed_user AFTER UPDATE OF role, deactivated_at ON users
WHEN OLD.role <> NEW.role OR (OLD.deactivated_at = 0) <> (NEW.deactivated_at = 0)
BEGIN
    UPDATE user_counts SET active = active - (OLD.deactivated_at = 0), deactivated = deactivated - (OLD.deactivated_at > 0)
    WHERE app_id = OLD.app_id AND role = OLD.role AND slot = 0;
    INSERT INTO user_counts (app_id, role, slot, active, deactivated)
    SELECT NEW.app_id, NEW.role, 0, 0, 0
    WHERE NOT EXISTS (SELECT 1 FROM user_counts WHERE app_id = NEW.app_id AND role = NEW.role AND slot = 0);
    UPDATE user_counts SET active = active + (NEW.deactivated_at = 0), deactivated = deactivated + (NEW.deactivated_at > 0)
    WHERE app_id = NEW.app_id AND role = NEW.role AND slot = 0;
END;
-- +goose StatementEnd

-- Orders that had no index: of active and deactivated together, and of the deactivated by uid. The
-- condition holds for all users. It lets SQLite, which can't tell how many are deactivated, take this index
-- for lists that say the same, and the one of the deactivated for theirs.
CREATE INDEX users_of_app ON users (app_id, name_folded, uid) WHERE deactivated_at >= 0;
CREATE INDEX users_deactivated_by_uid ON users (app_id, uid) WHERE deactivated_at > 0;
-- Of any activity, and telling it: so it alone can say who of a role matches a search.
DROP INDEX users_by_role;
CREATE INDEX users_by_role ON users (app_id, role, deactivated_at, name_folded, uid);

-- A tag tells too whether its user is active: counting those who have it needs no look at them.
ALTER TABLE user_tags ADD COLUMN deactivated_at BIGINT NOT NULL DEFAULT 0;
UPDATE user_tags SET deactivated_at = (SELECT deactivated_at FROM users WHERE users.user_id = user_tags.user_id)
WHERE user_id IN (SELECT user_id FROM users WHERE deactivated_at > 0);
DROP INDEX user_tags_by_tag;
CREATE INDEX user_tags_by_tag ON user_tags (app_id, tag, deactivated_at, user_id);
