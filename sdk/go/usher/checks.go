package usher

import (
	"strings"
	"unicode"
)

// maxUIDLength is in characters; all allowed ones are one byte long.
const maxUIDLength = 100

// maxCredentialLength is far above what any server hands out, and far below what headers may hold.
const maxCredentialLength = 1024

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

// CheckAPIKey gives CodeAPIKeyNotFound for a key that is empty or that no app can have: longer than
// 1024 characters, or with others than visible ASCII ones. Otherwise it gives nil.
func CheckAPIKey(key string) error {
	if key == "" || len(key) > maxCredentialLength || strings.ContainsFunc(key, notVisibleASCII) {
		return NewError(CodeAPIKeyNotFound, nil)
	}
	return nil
}

// CheckAuthToken gives CodeBlankAuthToken for an empty token, CodeAuthTokenWithSpace for one with
// white space or control characters, and CodeUnknownAuthToken for one that no server can know:
// longer than 1024 characters, or with others than visible ASCII ones. Otherwise it gives nil.
func CheckAuthToken(token string) error {
	switch {
	case token == "":
		return NewError(CodeBlankAuthToken, nil)
	case strings.ContainsFunc(token, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }):
		return NewError(CodeAuthTokenWithSpace, nil)
	case len(token) > maxCredentialLength, strings.ContainsFunc(token, notVisibleASCII):
		return NewError(CodeUnknownAuthToken, nil)
	}
	return nil
}

func notInUID(r rune) bool {
	letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	digit := '0' <= r && r <= '9'
	return !letter && !digit && r != '-' && r != '_'
}

// notVisibleASCII names what an HTTP header cannot carry unchanged everywhere.
func notVisibleASCII(r rune) bool { return r <= ' ' || r > '~' }
