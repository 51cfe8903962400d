package chat

import (
	"errors"
	"fmt"

	"github.com/usherhq/usher/sdk/go/usher"
)

// words are the Chat SDK's own codes for what both SDKs find (spec/session.md, The Chat surface).
var words = map[usher.Code]usher.Code{
	usher.CodeNotInitialized:     usher.CodeChatNotInitialized,
	usher.CodeInvalidUID:         usher.CodeChatInvalidUID,
	usher.CodeUIDWithSpace:       usher.CodeChatInvalidUID,
	usher.CodeAPIKeyNotFound:     usher.CodeUnknownAPIKey,
	usher.CodeAuthTokenWithSpace: usher.CodeUnknownAuthToken,
	usher.CodeLoginInProgress:    usher.CodeChatLoginInProgress,
	usher.CodeNoUserLoggedIn:     usher.CodeChatNoUserLoggedIn,
	usher.CodeNotReached:         usher.CodeChatFailedToFetch,
	usher.CodeUnusableAnswer:     usher.CodeChatFailedToFetch,
}

// translated gives an error in the words of the Chat SDK.
func translated(err error) error {
	found, ok := errors.AsType[*usher.Error](err)
	if !ok {
		return err
	}
	word, other := words[found.Code]
	if !other {
		return err
	}
	cause := errors.Unwrap(found)
	if usher.CodeOf(cause) == word {
		return cause // the server said it first
	}
	said := usher.NewError(word, cause)
	said.Details, said.Status, said.RetryAfter = found.Details, found.Status, found.RetryAfter
	return said
}

// checked says what is wrong with an argument: that it is missing, or what check finds.
func checked(argument string, check func(string) error) error {
	if argument == "" {
		return usher.NewError(usher.CodeChatMissingParameters, nil)
	}
	return translated(check(argument))
}

// unusable is for an answer that is not what was asked for.
func unusable(why string) error {
	return usher.NewError(usher.CodeChatFailedToFetch, fmt.Errorf("%w: %s", usher.ErrUnusableAnswer, why))
}
