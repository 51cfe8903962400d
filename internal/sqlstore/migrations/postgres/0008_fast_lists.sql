-- +goose Up
-- How many users of each role an app has, kept by the triggers below, so that lists need not count
-- (docs/adr/0005-user-counts.md). The sum over all slots counts. Half of each page stays free for the
-- next versions of its rows, which so need no new entry in the index.
CREATE TABLE user_counts (
    app_id      TEXT COLLATE "C" NOT NULL REFERENCES apps ON DELETE CASCADE,
    role        TEXT COLLATE "C" NOT NULL,
    slot        BIGINT NOT NULL,
    active      BIGINT NOT NULL,
    deactivated BIGINT NOT NULL,
    PRIMARY KEY (app_id, role, slot)
) WITH (fillfactor = 50);
-- Nobody may add a user between counting those there are and watching for new ones.
LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE;
INSERT INTO user_counts (app_id, role, slot, active, deactivated)
SELECT app_id, role, 0, count(*) FILTER (WHERE deactivated_at = 0), count(*) FILTER (WHERE deactivated_at > 0)
FROM users GROUP BY app_id, role;

-- Whoever counts takes a slot that no other transaction holds, or makes one: nobody ever waits for
-- a count, and there are never more slots than there were transactions at once. Users who go together
-- with their app need no count: it goes too.
-- +goose StatementBegin
CREATE FUNCTION count_users(of_app TEXT, of_role TEXT, more_active BIGINT, more_deactivated BIGINT) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    free BIGINT;
BEGIN
    SELECT slot INTO free FROM user_counts WHERE app_id = of_app AND role = of_role
    ORDER BY slot LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
    IF FOUND THEN
        UPDATE user_counts SET active = active + more_active, deactivated = deactivated + more_deactivated
        WHERE app_id = of_app AND role = of_role AND slot = free;
    ELSE
        INSERT INTO user_counts (app_id, role, slot, active, deactivated)
        SELECT app_id, of_role, pg_current_xact_id()::text::bigint, more_active, more_deactivated FROM apps WHERE app_id = of_app;
    END IF;
END $$;
-- +goose StatementEnd

-- Each statement counts once, however many users it touches: a transaction that gave one row a version
-- for each of them would have to walk through all of these.
-- +goose StatementBegin
CREATE FUNCTION count_added_users() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM count_users(app_id, role, count(*) FILTER (WHERE deactivated_at = 0), count(*) FILTER (WHERE deactivated_at > 0))
    FROM after GROUP BY app_id, role;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER count_added_users AFTER INSERT ON users REFERENCING NEW TABLE AS after
FOR EACH STATEMENT EXECUTE FUNCTION count_added_users();

-- +goose StatementBegin
CREATE FUNCTION count_deleted_users() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM count_users(app_id, role, -count(*) FILTER (WHERE deactivated_at = 0), -count(*) FILTER (WHERE deactivated_at > 0))
    FROM before GROUP BY app_id, role;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER count_deleted_users AFTER DELETE ON users REFERENCING OLD TABLE AS before
FOR EACH STATEMENT EXECUTE FUNCTION count_deleted_users();

-- +goose StatementBegin
CREATE FUNCTION count_changed_users() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM count_users(app_id, role, sum(active), sum(deactivated))
    FROM (
        SELECT app_id, role, -(deactivated_at = 0)::int AS active, -(deactivated_at > 0)::int AS deactivated FROM before
        UNION ALL
        SELECT app_id, role, (deactivated_at = 0)::int, (deactivated_at > 0)::int FROM after
    ) AS moves
    GROUP BY app_id, role HAVING sum(active) <> 0 OR sum(deactivated) <> 0;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER count_changed_users AFTER UPDATE ON users REFERENCING OLD TABLE AS before NEW TABLE AS after
FOR EACH STATEMENT EXECUTE FUNCTION count_changed_users();

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
