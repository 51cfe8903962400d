package sqlstore

import (
	"context"
	"encoding/json"

	"github.com/usherhq/usher/internal/identity"
)

const tokenColumns = "auth_tokens.token_id, auth_tokens.value, auth_tokens.minted_by, auth_tokens.platform, " +
	"auth_tokens.device_id, auth_tokens.user_agent, auth_tokens.app_info, auth_tokens.created_at"

// storedToken is a row of auth_tokens on its way out.
type storedToken struct {
	token          identity.AuthToken
	value, appInfo string
	createdAt      int64
}

func (s *storedToken) fields() []any {
	t := &s.token
	return []any{
		&t.ID, &s.value, &t.MintedBy, &t.Device.Platform, &t.Device.DeviceID, &t.Device.UserAgent, &s.appInfo, &s.createdAt,
	}
}

func (s *storedToken) result(uid identity.UID) identity.AuthToken {
	token := s.token
	token.UID, token.Value, token.CreatedAt = uid, identity.Secret(s.value), fromSeconds(s.createdAt)
	if s.appInfo != "" {
		token.Device.AppInfo = json.RawMessage(s.appInfo)
	}
	return token
}

func scanTokenOf(user identity.User) func(row) (identity.AuthToken, error) {
	return func(r row) (identity.AuthToken, error) {
		var stored storedToken
		if err := r.Scan(stored.fields()...); err != nil {
			return identity.AuthToken{}, found(err)
		}
		return stored.result(user.UID), nil
	}
}

func (r reader) Session(ctx context.Context, value identity.Secret) (identity.Session, error) {
	var token storedToken
	var user storedUser
	var session identity.Session
	var appCreatedAt int64
	fields := append(token.fields(), user.fields()...)
	err := r.run.queryRow(ctx,
		"SELECT "+tokenColumns+", "+userColumns+", "+appColumns+" FROM auth_tokens "+
			"JOIN users ON users.user_id = auth_tokens.user_id JOIN apps ON apps.app_id = users.app_id "+
			"WHERE auth_tokens.value = ? AND users.deactivated_at = 0",
		string(value),
	).Scan(append(fields, appFields(&session.App, &appCreatedAt)...)...)
	if err != nil {
		return identity.Session{}, found(err)
	}
	session.App.CreatedAt = fromSeconds(appCreatedAt)
	if session.User, err = user.result(); err != nil {
		return identity.Session{}, err
	}
	session.Token = token.result(session.User.UID)
	return session, nil
}

func (r reader) AuthTokens(ctx context.Context, user identity.User, page identity.Page) ([]identity.AuthToken, int, error) {
	var total int
	err := r.run.queryRow(ctx, "SELECT count(*) FROM auth_tokens WHERE user_id = ?", user.ID).Scan(&total)
	if err != nil {
		return nil, 0, err
	}
	rows, err := r.run.query(ctx,
		"SELECT "+tokenColumns+" FROM auth_tokens WHERE user_id = ? ORDER BY token_id DESC LIMIT ? OFFSET ?",
		user.ID, page.Size, page.Offset())
	tokens, err := all(rows, err, scanTokenOf(user))
	return tokens, total, err
}

func (t *transaction) NewestUnboundToken(user identity.User, mintedBy identity.Scope) (identity.AuthToken, error) {
	return scanTokenOf(user)(t.run.queryRow(t.ctx,
		"SELECT "+tokenColumns+" FROM auth_tokens WHERE user_id = ? AND minted_by = ? AND platform = '' AND device_id = '' "+
			"ORDER BY token_id DESC LIMIT 1",
		user.ID, mintedBy))
}

func (t *transaction) AddAuthToken(user identity.User, token identity.AuthToken) (added identity.AuthToken, others int, err error) {
	// The engines differ in whether the count would see the new row, so it is left out by name.
	err = t.run.queryRow(t.ctx,
		"INSERT INTO auth_tokens (user_id, value, minted_by, platform, device_id, user_agent, app_info, created_at) "+
			"VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING token_id, (SELECT count(*) FROM auth_tokens AS other "+
			"WHERE other.user_id = auth_tokens.user_id AND other.token_id <> auth_tokens.token_id)",
		user.ID, string(token.Value), token.MintedBy,
		token.Device.Platform, token.Device.DeviceID, token.Device.UserAgent, string(token.Device.AppInfo), seconds(token.CreatedAt),
	).Scan(&token.ID, &others)
	return token, others, err
}

func (t *transaction) BindDevice(user identity.User, token identity.AuthToken) error {
	t.concerns(user.ID)
	return changedOne(t.run.exec(t.ctx,
		"UPDATE auth_tokens SET platform = ?, device_id = ?, user_agent = ?, app_info = ? WHERE token_id = ?",
		token.Device.Platform, token.Device.DeviceID, token.Device.UserAgent, string(token.Device.AppInfo), token.ID))
}

func (t *transaction) DeleteAuthToken(user identity.User, value identity.Secret) (int64, error) {
	t.concerns(user.ID)
	var id int64
	err := t.run.queryRow(t.ctx, "DELETE FROM auth_tokens WHERE user_id = ? AND value = ? RETURNING token_id", user.ID, string(value)).Scan(&id)
	return id, found(err)
}

func (t *transaction) DeleteAuthTokensBeyond(user identity.User, newest int) ([]int64, error) {
	t.concerns(user.ID)
	// The ids grow with time: what is not newer than the first one beyond the limit goes.
	rows, err := t.run.query(t.ctx,
		"DELETE FROM auth_tokens WHERE user_id = ? AND token_id <= "+
			"(SELECT token_id FROM auth_tokens WHERE user_id = ? ORDER BY token_id DESC LIMIT 1 OFFSET ?) RETURNING token_id",
		user.ID, user.ID, newest)
	return all(rows, err, func(r row) (int64, error) {
		var id int64
		err := r.Scan(&id)
		return id, err
	})
}
