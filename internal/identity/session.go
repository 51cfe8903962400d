package identity

import (
	"context"
	"errors"
	"strings"

	"github.com/usherhq/usher/internal/fault"
)

// hasTokenForm says whether a value is a uid, an underscore and 40 digits (see newTokenValue). What can't
// be a token is refused before the database is asked, which PostgreSQL would answer with an error where the
// bytes are no text. Every call of a client comes this way, so it is no regular expression, which takes
// longer than the rest of the proof.
func hasTokenForm(value Secret) bool {
	const digits = 40
	place := len(value) - digits - 1
	if place < 1 || place > MaxUIDCharacters || value[place] != '_' {
		return false
	}
	return strings.Trim(string(value[:place]), "abcdefghijklmnopqrstuvwxyz0123456789_-") == "" &&
		strings.Trim(string(value[place+1:]), "0123456789abcdef") == ""
}

// UIDNamedBy is the user whose an auth token says that it is, or empty. Nothing is proven by that.
func UIDNamedBy(token Secret) UID {
	if !hasTokenForm(token) {
		return ""
	}
	return UID(token[:strings.LastIndexByte(string(token), '_')])
}

// FindSession proves an auth token. named is the app that the request names, or empty: a token
// names its app by itself (wire.md 12). Every reason why a token is not good has one code,
// AUTH_ERR_AUTH_TOKEN_NOT_FOUND, because after any other the official SDKs hang (wire.md 0.2).
func (s *Service) FindSession(ctx context.Context, named string, value Secret) (Session, error) {
	session, err := s.session(ctx, value)
	var why tokenFlaw
	switch {
	case errors.Is(err, ErrNotFound):
		why = flawUnknown
	case err != nil:
		return Session{}, inTime(err)
	case !session.Token.LiveAt(s.clock()):
		why = flawExpired
	case named != "" && session.App.ID != AppID(foldASCII(named)):
		why = flawOtherApp
	default:
		return session, nil
	}
	// Not good. An unknown app is told first, as for every other call.
	if named != "" {
		if _, err := s.FindApp(ctx, named); err != nil {
			return Session{}, err
		}
	}
	if value == "" {
		return Session{}, fault.EmptyAuthToken()
	}
	return Session{}, fault.UnknownAuthToken().Because(flawedTokenError{why})
}

// tokenFlaw is why an auth token is no good, for the log and for the operator: the client is not told.
type tokenFlaw string

const (
	// flawUnknown is a token that was never issued or was revoked, or whose user was deactivated.
	flawUnknown     tokenFlaw = "unknown or revoked"
	flawExpired     tokenFlaw = "expired"
	flawOtherApp    tokenFlaw = "of another app"
	flawOtherDevice tokenFlaw = "bound to another device"
)

// flawedTokenError is a flaw as the cause of a refusal.
type flawedTokenError struct{ flaw tokenFlaw }

func (e flawedTokenError) Error() string { return "the auth token is " + string(e.flaw) }

func (s *Service) session(ctx context.Context, value Secret) (Session, error) {
	if !hasTokenForm(value) {
		return Session{}, ErrNotFound
	}
	return s.store.Session(ctx, value)
}

// SignIn is what a client does with its token first, and again whenever it starts without a stored
// session: it binds the device to the token and makes the user active now. The session given back
// is as it is after that. Code: AUTH_ERR_AUTH_TOKEN_NOT_FOUND when the token was revoked or its
// user deactivated meanwhile.
//
// The official SDKs send a change of the user's own profile the same way. A user never changes its
// own role, whatever the change says; ERR_BAD_REQUEST with details tells what else is wrong with it.
func (s *Service) SignIn(ctx context.Context, caller Caller, device Device, profile UserChange) (Session, error) {
	session := *caller.Session
	profile.Role = nil
	err := s.store.Change(ctx, func(tx Tx) error {
		// The user before its token, as every change does: the other way round, signing in and
		// FlushTokens would each hold the row that the other one waits for.
		if profile.says() {
			user, err := s.changeUser(tx, caller, session.User.UID, profile)
			if fault.CodeOf(err) == fault.CodeUnknownUID {
				return ErrNotFound
			}
			if err != nil {
				return err
			}
			session.User = user
		}
		session.User.LastActiveAt = s.now()
		if err := tx.TouchUser(session.User); err != nil {
			return err
		}
		// Who names no device learns of the one that is known now, and writes none back.
		if err := bind(tx, &session, device); err != nil {
			return err
		}
		event := s.event(caller, EventUserSignedIn, session.User.UID)
		event.Subject = tokenSubject(session.Token.ID)
		return tx.AddEvent(event)
	})
	if err == nil {
		s.noteSignIn(session.App.ID)
	}
	return session, orNotFound(err, fault.UnknownAuthToken())
}

// bind notes the device of a session whose user is locked, or reads it when there is nothing to note.
func bind(tx Tx, session *Session, device Device) error {
	if device.Known() && !session.App.BindsDevices {
		session.Token.Device = device.Trimmed()
		return tx.BindDevice(session.User, session.Token)
	}
	token, err := tx.AuthToken(session.User, session.Token.Value)
	if err != nil {
		return err
	}
	session.Token = token
	if !device.Known() {
		return nil
	}
	device = device.Trimmed()
	if bound := token.Device.DeviceID; bound != "" && device.DeviceID != bound {
		// As good as unknown: after any other answer the official SDKs hang (wire.md 0.2).
		return fault.UnknownAuthToken().Because(flawedTokenError{flawOtherDevice})
	}
	session.Token.Device = device
	return tx.BindDevice(session.User, session.Token)
}

// SignOut ends a client's session and, as the app's setting says, the token it held.
// Code: AUTH_ERR_AUTH_TOKEN_NOT_FOUND when the token was to be revoked and was gone already.
func (s *Service) SignOut(ctx context.Context, caller Caller) error {
	session := *caller.Session
	err := s.store.Change(ctx, func(tx Tx) error {
		user, err := tx.LockOwner(caller.App.ID, session.User.UID)
		if err != nil {
			return err
		}
		// A user made anew with the uid is another one.
		if user.ID != session.User.ID || !user.Active() {
			return ErrNotFound
		}
		if caller.App.revokesOnLogout(session.Token) {
			if err := s.revoke(tx, caller, session.User, session.Token.Value); err != nil {
				return err
			}
		}
		event := s.event(caller, EventUserSignedOut, session.User.UID)
		event.Subject = tokenSubject(session.Token.ID)
		return tx.AddEvent(event)
	})
	return orNotFound(err, fault.UnknownAuthToken())
}
