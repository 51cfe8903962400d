-- +goose Up
-- A text that is drawn anew whenever users of an app change in a way that could make the total of a list
-- another one (docs/adr/0005-user-counts.md). All slots of an app together are its revision. Half of each
-- page stays free for the next versions of its rows, which so need no new entry in the index.
CREATE TABLE user_revisions (
    app_id   TEXT COLLATE "C" NOT NULL REFERENCES apps ON DELETE CASCADE,
    slot     BIGINT NOT NULL,
    revision TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (app_id, slot)
) WITH (fillfactor = 50);

-- Whoever revises takes a slot that no other transaction holds, or makes one, as with user_counts: nobody
-- ever waits for it. Others see a transaction as a whole, so once is enough for one; what it notes for that
-- ends with it, and is undone with its savepoints. Users who go together with their app need no revision:
-- it goes too.
-- +goose StatementBegin
CREATE FUNCTION revise_app(of_app TEXT) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    free BIGINT;
BEGIN
    IF current_setting('usher.revised', true) = of_app THEN
        RETURN;
    END IF;
    PERFORM set_config('usher.revised', of_app, true);
    SELECT slot INTO free FROM user_revisions WHERE app_id = of_app ORDER BY slot LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
    IF FOUND THEN
        UPDATE user_revisions SET revision = gen_random_uuid()::text WHERE app_id = of_app AND slot = free;
    ELSE
        INSERT INTO user_revisions (app_id, slot, revision)
        SELECT app_id, pg_current_xact_id()::text::bigint, gen_random_uuid()::text FROM apps WHERE app_id = of_app;
    END IF;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION revise_users() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM revise_app(OLD.app_id);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM revise_app(NEW.app_id);
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER revise_users AFTER INSERT OR DELETE ON users FOR EACH ROW EXECUTE FUNCTION revise_users();
CREATE TRIGGER revise_changed_users AFTER UPDATE ON users FOR EACH ROW
WHEN ((OLD.app_id, OLD.uid, OLD.name_folded, OLD.role, OLD.deactivated_at) IS DISTINCT FROM (NEW.app_id, NEW.uid, NEW.name_folded, NEW.role, NEW.deactivated_at))
EXECUTE FUNCTION revise_users();
CREATE TRIGGER revise_tags AFTER INSERT OR UPDATE OR DELETE ON user_tags FOR EACH ROW EXECUTE FUNCTION revise_users();
