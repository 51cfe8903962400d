package sqlstore

import (
	"context"
	"encoding/json"
	"time"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/vault"
)

const tokenColumns = "auth_tokens.token_id, auth_tokens.fingerprint, auth_tokens.sealed, auth_tokens.minted_by, auth_tokens.platform, " +
	"auth_tokens.device_id, auth_tokens.user_agent, auth_tokens.app_info, auth_tokens.created_at, auth_tokens.expires_at, auth_tokens.issuer_id"

// storedToken is a row of auth_tokens on its way out.
type storedToken struct {
	token                identity.AuthToken
	stored               sealedCredential
	appInfo              string
	createdAt, expiresAt int64
}

func (s *storedToken) fields() []any {
	t := &s.token
	return []any{
		&t.ID, &s.stored.fingerprint, &s.stored.sealed, &t.MintedBy, &t.Device.Platform, &t.Device.DeviceID, &t.Device.UserAgent, &s.appInfo, &s.createdAt, &s.expiresAt, &t.IssuerID,
	}
}

// result gives the token with a value that is known.
func (s *storedToken) result(uid identity.UID, value identity.Secret) identity.AuthToken {
	token := s.token
	token.UID, token.Value = uid, value
	token.CreatedAt, token.ExpiresAt = fromSeconds(s.createdAt), fromSeconds(s.expiresAt)
	if s.appInfo != "" {
		token.Device.AppInfo = json.RawMessage(s.appInfo)
	}
	return token
}

// scanTokenOf reads a user's token and opens its seal.
func scanTokenOf(user identity.User, keys *vault.Vault) func(row) (identity.AuthToken, error) {
	return func(r row) (identity.AuthToken, error) {
		var stored storedToken
		if err := r.Scan(stored.fields()...); err != nil {
			return identity.AuthToken{}, found(err)
		}
		value, err := stored.stored.open(keys, vault.PurposeAuthToken)
		return stored.result(user.UID, identity.Secret(value)), err
	}
}

func (r reader) Session(ctx context.Context, value identity.Secret) (identity.Session, error) {
	fingerprints := candidates(r.keys, vault.PurposeAuthToken, string(value))
	return r.session(ctx, func(sealedCredential) (identity.Secret, error) { return value, nil },
		"auth_tokens.fingerprint IN ("+marks(len(fingerprints))+")", fingerprints...)
}

func (r reader) SessionOfToken(ctx context.Context, id int64) (identity.Session, error) {
	open := func(stored sealedCredential) (identity.Secret, error) {
		value, err := stored.open(r.keys, vault.PurposeAuthToken)
		return identity.Secret(value), err
	}
	return r.session(ctx, open, "auth_tokens.token_id = ?", id)
}

func (r reader) session(
	ctx context.Context, valueOf func(sealedCredential) (identity.Secret, error), where string, values ...any,
) (identity.Session, error) {
	var token storedToken
	var user storedUser
	var app storedApp
	fields := append(token.fields(), user.fields()...)
	err := r.run.queryRow(ctx,
		"SELECT "+tokenColumns+", "+userColumns+", "+appColumns+" FROM auth_tokens "+
			"JOIN users ON users.user_id = auth_tokens.user_id JOIN apps ON apps.app_id = users.app_id "+
			"WHERE "+where+" AND users.deactivated_at = 0 AND apps.delete_at = 0",
		values...,
	).Scan(append(fields, app.fields()...)...)
	if err != nil {
		return identity.Session{}, found(err)
	}
	session := identity.Session{App: app.result()}
	if session.User, err = user.result(); err != nil {
		return identity.Session{}, err
	}
	value, err := valueOf(token.stored)
	session.Token = token.result(session.User.UID, value)
	return session, err
}

func (r reader) AuthToken(ctx context.Context, user identity.User, value identity.Secret) (identity.AuthToken, error) {
	return findToken(ctx, r.run, r.keys, user, value)
}

func (t *transaction) AuthToken(user identity.User, value identity.Secret) (identity.AuthToken, error) {
	return findToken(t.ctx, t.run, t.keys, user, value)
}

func findToken(ctx context.Context, run runner, keys *vault.Vault, user identity.User, value identity.Secret) (identity.AuthToken, error) {
	fingerprints := candidates(keys, vault.PurposeAuthToken, string(value))
	return scanTokenOf(user, keys)(run.queryRow(ctx,
		"SELECT "+tokenColumns+" FROM auth_tokens WHERE user_id = ? AND fingerprint IN ("+marks(len(fingerprints))+")",
		append([]any{user.ID}, fingerprints...)...))
}

// notExpired takes the time of asking, in seconds.
const notExpired = "(expires_at = 0 OR expires_at > ?)"

func (r reader) AuthTokens(
	ctx context.Context, user identity.User, now time.Time, page identity.Page,
) ([]identity.AuthToken, int, error) {
	const where = " FROM auth_tokens WHERE user_id = ? AND " + notExpired
	var total int
	if err := r.run.queryRow(ctx, "SELECT count(*)"+where, user.ID, seconds(now)).Scan(&total); err != nil {
		return nil, 0, err
	}
	rows, err := r.run.query(ctx, "SELECT "+tokenColumns+where+" ORDER BY token_id DESC LIMIT ? OFFSET ?",
		user.ID, seconds(now), page.Size, page.Offset())
	tokens, err := all(rows, err, scanTokenOf(user, r.keys))
	return tokens, total, err
}

// PrepareToken seals a token's value.
func (s *Store) PrepareToken(value identity.Secret) (any, error) {
	return seal(s.keys, vault.PurposeAuthToken, string(value))
}

func (r reader) CountLiveTokens(ctx context.Context, now time.Time) (int, error) {
	// Few tokens expire, and these have an index of their own.
	var count int
	err := r.run.queryRow(ctx, "SELECT (SELECT count(*) FROM auth_tokens) - "+
		"(SELECT count(*) FROM auth_tokens WHERE expires_at > 0 AND expires_at <= ?)", seconds(now)).Scan(&count)
	return count, err
}

func (t *transaction) NewestUnboundToken(user identity.User, mintedBy identity.Scope, now time.Time) (identity.AuthToken, error) {
	return scanTokenOf(user, t.keys)(t.run.queryRow(t.ctx,
		"SELECT "+tokenColumns+" FROM auth_tokens WHERE user_id = ? AND minted_by = ? AND platform = '' AND device_id = '' "+
			"AND "+notExpired+" ORDER BY token_id DESC LIMIT 1",
		user.ID, mintedBy, seconds(now)))
}

func (t *transaction) AddAuthToken(user identity.User, token identity.AuthToken) (added identity.AuthToken, others int, err error) {
	stored, prepared := token.Prepared.(sealedCredential)
	token.Prepared = nil
	if !prepared {
		if stored, err = seal(t.keys, vault.PurposeAuthToken, string(token.Value)); err != nil {
			return identity.AuthToken{}, 0, err
		}
	}
	values := []any{
		user.ID, stored.fingerprint, stored.sealed, token.MintedBy,
		token.Device.Platform, token.Device.DeviceID, token.Device.UserAgent, string(token.Device.AppInfo),
		seconds(token.CreatedAt), seconds(token.ExpiresAt), token.IssuerID,
	}
	if t.known == nil {
		// One statement, for each may be a way to another machine. The engines differ in whether the count
		// would see the new row, so it is left out by name.
		const andCount = " RETURNING token_id, (SELECT count(*) FROM auth_tokens AS other " +
			"WHERE other.user_id = auth_tokens.user_id AND other.token_id <> auth_tokens.token_id)"
		err = t.run.queryRow(t.ctx, insertToken+andCount, values...).Scan(&token.ID, &others)
		return token, others, err
	}
	others, counted := t.known.tokensOf(user.ID)
	if !counted {
		err = t.run.queryRow(t.ctx, "SELECT count(*) FROM auth_tokens WHERE user_id = ?", user.ID).Scan(&others)
		if err != nil {
			return identity.AuthToken{}, 0, err
		}
	}
	// For RETURNING, SQLite makes a table each time and copies every page that it is about to change.
	result, err := t.run.exec(t.ctx, insertToken, values...)
	if err == nil {
		token.ID, err = result.LastInsertId()
	}
	if err == nil {
		t.known.hasTokens(user.ID, others+1)
	}
	return token, others, err
}

const insertToken = "INSERT INTO auth_tokens (user_id, fingerprint, sealed, minted_by, platform, device_id, user_agent, app_info, " +
	"created_at, expires_at, issuer_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

func (t *transaction) BindDevice(user identity.User, token identity.AuthToken) error {
	t.concerns(user.ID)
	return changedOne(t.run.exec(t.ctx,
		"UPDATE auth_tokens SET platform = ?, device_id = ?, user_agent = ?, app_info = ? WHERE token_id = ?",
		token.Device.Platform, token.Device.DeviceID, token.Device.UserAgent, string(token.Device.AppInfo), token.ID))
}

func (t *transaction) DeleteAuthToken(user identity.User, value identity.Secret) (int64, error) {
	t.concerns(user.ID)
	fingerprints := candidates(t.keys, vault.PurposeAuthToken, string(value))
	var id int64
	err := t.run.queryRow(t.ctx, "DELETE FROM auth_tokens WHERE user_id = ? AND fingerprint IN ("+marks(len(fingerprints))+") RETURNING token_id",
		append([]any{user.ID}, fingerprints...)...).Scan(&id)
	return id, found(err)
}

func (t *transaction) DeleteAuthTokensBeyond(user identity.User, newest int, now time.Time) ([]int64, error) {
	t.concerns(user.ID)
	// By themselves, in an index that holds nothing of users whose tokens live for ever: every token of a
	// busy user comes this way.
	if _, err := t.run.exec(t.ctx, "DELETE FROM auth_tokens WHERE user_id = ? AND expires_at > 0 AND expires_at <= ?", user.ID, seconds(now)); err != nil {
		return nil, err
	}
	// The ids grow with time: what is not newer than the first one beyond the limit goes.
	rows, err := t.run.query(t.ctx,
		"DELETE FROM auth_tokens WHERE user_id = ? AND token_id <= "+
			"(SELECT token_id FROM auth_tokens WHERE user_id = ? ORDER BY token_id DESC LIMIT 1 OFFSET ?) RETURNING token_id",
		user.ID, user.ID, newest)
	ids, err := all(rows, err, func(r row) (int64, error) {
		var id int64
		err := r.Scan(&id)
		return id, err
	})
	if err == nil && len(ids) > 0 {
		t.known.hasTokens(user.ID, newest)
	}
	return ids, err
}

func (t *transaction) DeleteTokensOfIssuer(issuer int64) (int, error) {
	t.concernsAll()
	return t.deleted("DELETE FROM auth_tokens WHERE issuer_id = ?", issuer)
}

func (t *transaction) DeleteExpiredTokens(now time.Time, limit int) (int, error) {
	t.concernsAll()
	return t.deleted("DELETE FROM auth_tokens WHERE token_id IN "+
		"(SELECT token_id FROM auth_tokens WHERE expires_at > 0 AND expires_at <= ? ORDER BY expires_at LIMIT ?)", seconds(now), limit)
}
