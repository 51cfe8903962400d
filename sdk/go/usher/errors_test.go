package usher_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/usherhq/usher/sdk/go/usher"
)

func TestErrorsAreFoundByCode(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("outside: %w", usher.NewError(usher.CodeNoUserLoggedIn, io.EOF))
	if !errors.Is(err, &usher.Error{Code: usher.CodeNoUserLoggedIn}) {
		t.Error("the error does not match its own code")
	}
	if errors.Is(err, &usher.Error{Code: usher.CodeInvalidUID}) {
		t.Error("the error matches another code")
	}
	if !errors.Is(err, io.EOF) {
		t.Error("the cause is lost")
	}
	if got := usher.CodeOf(err); got != usher.CodeNoUserLoggedIn {
		t.Errorf("CodeOf = %q", got)
	}
	want := "outside: ERROR_NO_USER_LOGGED_IN: Nobody is logged in. (EOF)"
	if got := err.Error(); got != want {
		t.Errorf("text = %q, want %q", got, want)
	}
}

func TestCodeOfOtherErrors(t *testing.T) {
	t.Parallel()
	for _, err := range []error{nil, io.EOF, usher.ErrUnusableAnswer} {
		if got := usher.CodeOf(err); got != "" {
			t.Errorf("CodeOf(%v) = %q", err, got)
		}
	}
}

func TestUnknownCodesSurvive(t *testing.T) {
	t.Parallel()
	err := usher.NewError("ERR_OF_TOMORROW", nil)
	if err.Error() != "ERR_OF_TOMORROW" || usher.CodeOf(err) != "ERR_OF_TOMORROW" {
		t.Errorf("error = %v", err)
	}
}

func TestStatusIsReadInTheWordsOfTheSDK(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]usher.Status{
		"available": usher.StatusOnline, "online": usher.StatusOnline, "offline": usher.StatusOffline, "busy": "busy",
	} {
		var user usher.User
		if err := json.Unmarshal([]byte(`{"uid":"ann","status":"`+sent+`"}`), &user); err != nil {
			t.Fatal(err)
		}
		if user.Status != want {
			t.Errorf("%q is read as %q, want %q", sent, user.Status, want)
		}
	}
}
