package usher

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"
)

var errNoJWT = errors.New("usher: this is no JSON Web Token")

// JWTPayload gives the payload of a JSON Web Token, a JSON object. It does not verify the signature:
// what it gives may be shown, and must not be relied on.
func JWTPayload(token string) (json.RawMessage, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, errNoJWT
	}
	payload, err := base64.RawURLEncoding.Strict().DecodeString(parts[1])
	if err != nil || !utf8.Valid(payload) || !json.Valid(payload) || !bytes.HasPrefix(bytes.TrimSpace(payload), []byte("{")) {
		return nil, errNoJWT
	}
	return payload, nil
}
