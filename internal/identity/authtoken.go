package identity

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
	"unicode/utf8"
)

// MaxLiveTokens is how many auth tokens of one user live at once; a new one beyond that revokes the
// oldest (contract 1.4, C5).
const MaxLiveTokens = 100

// Limits of what a client says of its device. The documents give none; these are generous for what
// the official SDKs send (wire.md 4).
const (
	maxDeviceCharacters = 500
	maxAppInfoBytes     = 5 << 10
)

// Device is what a client tells of itself when it signs in. Nothing in it is trusted.
type Device struct {
	// Platform is WEB, REACT_NATIVE, IONIC_CORDOVA, GO and the like; any word is taken.
	Platform string
	// DeviceID is the client's own name for its installation.
	DeviceID  string
	UserAgent string
	// AppInfo is a JSON object, or nil.
	AppInfo json.RawMessage
}

// Known says whether a client told who it is.
func (d Device) Known() bool { return d.Platform != "" || d.DeviceID != "" }

// Trimmed cuts what is over the limits, and drops what a database can't hold: a login must not fail
// because a browser is talkative.
func (d Device) Trimmed() Device {
	d.Platform = firstCharacters(d.Platform)
	d.DeviceID = firstCharacters(d.DeviceID)
	d.UserAgent = firstCharacters(d.UserAgent)
	if len(d.AppInfo) > maxAppInfoBytes || !isObject(d.AppInfo) {
		d.AppInfo = nil
	}
	return d
}

// firstCharacters cuts text to maxDeviceCharacters bytes at a character's edge and drops what a database can't hold.
func firstCharacters(text string) string {
	kept := make([]byte, 0, min(len(text), maxDeviceCharacters))
	for _, r := range text {
		if r == 0 || r == utf8.RuneError {
			continue
		}
		if len(kept)+utf8.RuneLen(r) > maxDeviceCharacters {
			break
		}
		kept = utf8.AppendRune(kept, r)
	}
	return string(kept)
}

// AuthToken is a user's credential on a client; it is the session. It lives until it is revoked.
type AuthToken struct {
	// ID names the token in the event log, where its value must not stand.
	ID    int64
	Value Secret
	UID   UID
	// MintedBy is the scope of the API key that issued the token: a login by uid and key (authOnly)
	// or a back end (fullAccess). Logout treats the two differently.
	MintedBy Scope
	// IssuerID is the API key's own, or 0 where none issued the token or it was not noted.
	IssuerID  int64
	Device    Device
	CreatedAt time.Time
	// ExpiresAt is zero for a token that lives until it is revoked.
	ExpiresAt time.Time
	// Prepared is what Store.PrepareToken made of the value, on the way into the store only; nil where
	// nothing was prepared.
	Prepared any
}

// LiveAt says whether the token has not expired by then.
func (t AuthToken) LiveAt(now time.Time) bool { return t.ExpiresAt.IsZero() || now.Before(t.ExpiresAt) }

// newTokenValue makes a token in the documented form: uid, underscore, ten digits of unix time,
// 30 hexadecimal characters (contract 1.1). Its strength is the 120 random bits.
func (s *Service) newTokenValue(uid UID, now time.Time) (Secret, error) {
	random, err := s.randomBytes(15)
	if err != nil {
		return "", err
	}
	return Secret(fmt.Sprintf("%s_%010d%s", uid, now.Unix(), hex.EncodeToString(random))), nil
}
