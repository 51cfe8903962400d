package usher

import (
	"strings"
	"unicode"
)

// maxUIDLength is in characters; all allowed ones are one byte long.
const maxUIDLength = 100

// CheckUID says what is wrong with a uid before it is sent anywhere: CodeInvalidUID when it is empty,
// CodeUIDWithSpace when it holds white space, and CodeInvalidUID again when it is longer than 100
// characters or holds others than letters, digits, - and _. It gives nil for a uid that may exist.
func CheckUID(uid string) error {
	switch {
	case uid == "":
		return NewError(CodeInvalidUID, nil)
	case strings.ContainsFunc(uid, unicode.IsSpace):
		return NewError(CodeUIDWithSpace, nil)
	case len(uid) > maxUIDLength, strings.ContainsFunc(uid, notInUID):
		return NewError(CodeInvalidUID, nil)
	}
	return nil
}

// CheckAPIKey gives CodeAPIKeyNotFound for a key that is empty or that no app can have, since it
// holds white space or control characters; otherwise nil.
func CheckAPIKey(key string) error {
	if key == "" || strings.ContainsFunc(key, notInCredential) {
		return NewError(CodeAPIKeyNotFound, nil)
	}
	return nil
}

// CheckAuthToken gives CodeBlankAuthToken for an empty token and CodeAuthTokenWithSpace for one with
// white space or control characters; otherwise nil.
func CheckAuthToken(token string) error {
	switch {
	case token == "":
		return NewError(CodeBlankAuthToken, nil)
	case strings.ContainsFunc(token, notInCredential):
		return NewError(CodeAuthTokenWithSpace, nil)
	}
	return nil
}

func notInUID(r rune) bool {
	letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	digit := '0' <= r && r <= '9'
	return !letter && !digit && r != '-' && r != '_'
}

// notInCredential names what an HTTP header cannot carry unchanged.
func notInCredential(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r)
}
