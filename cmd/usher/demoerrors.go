package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/usherhq/usher/sdk/go/calls"
	"github.com/usherhq/usher/sdk/go/usher"
)

// errors provokes each documented error once.
func (s *story) errors(ctx context.Context) {
	s.chapter("What can go wrong, and the code that an app decides by")
	uninitialised := new(calls.Client)
	_, err := uninitialised.Login(ctx, andrew, s.authKey)
	s.provoke("Login before the SDK is initialised", usher.CodeNotInitialized, err)

	for _, attempt := range []struct {
		what, uid, key string
		code           usher.Code
	}{
		{"Login with an empty uid", "", s.authKey, usher.CodeInvalidUID},
		{"Login with a uid that holds a space", "andrew joseph", s.authKey, usher.CodeUIDWithSpace},
		{"Login without an API key", andrew, "", usher.CodeAPIKeyNotFound},
		{"Login with a key that the app does not have", andrew, "not-a-key-of-this-app", usher.CodeAPIKeyNotFound},
		{"Login of a user whom nobody created", "nobody", s.authKey, usher.CodeUnknownUID},
	} {
		_, err := s.phone.Login(ctx, attempt.uid, attempt.key)
		s.provoke(attempt.what, attempt.code, err)
	}
	_, err = s.phone.LoginWithAuthToken(ctx, "")
	s.provoke("Login with an empty auth token", usher.CodeBlankAuthToken, err)
	_, err = s.phone.LoginWithAuthToken(ctx, "a token")
	s.provoke("Login with an auth token that holds a space", usher.CodeAuthTokenWithSpace, err)
	s.provokeLoginInProgress(ctx)
	_, err = s.phone.Logout(ctx)
	s.provoke("Logout when nobody is logged in", usher.CodeNoUserLoggedIn, err)
}

func (s *story) provoke(what string, code usher.Code, err error) {
	if got := usher.CodeOf(err); got != code {
		s.step(what, "", fmt.Errorf("expected %s, got: %w", code, err))
		return
	}
	s.step(what, string(code), nil)
}

// provokeLoginInProgress holds the answer to a first login back until a second one was tried.
func (s *story) provokeLoginInProgress(ctx context.Context) {
	const what = "A second login while one is running"
	held := heldBack{sent: make(chan struct{}), release: make(chan struct{})}
	client, err := s.newClient(calls.WithStorage(usher.MemoryStorage()), calls.WithHTTPClient(&http.Client{Transport: held}))
	if err != nil {
		s.step(what, "", err)
		return
	}
	first := make(chan error, 1)
	go func() {
		_, err := client.Login(ctx, andrew, s.authKey)
		first <- err
	}()
	select {
	case <-held.sent:
	case err := <-first:
		s.step(what, "", fmt.Errorf("the first login sent nothing: %w", err))
		return
	}
	_, err = client.Login(ctx, andrew, s.authKey)
	close(held.release)
	s.provoke(what, usher.CodeLoginInProgress, err)
	s.step("… which does not disturb the first one", "logged in", <-first)
}

// heldBack sends requests on after release, and says when the first one has come.
type heldBack struct{ sent, release chan struct{} }

func (h heldBack) RoundTrip(request *http.Request) (*http.Response, error) {
	select {
	case h.sent <- struct{}{}:
	case <-h.release:
	}
	<-h.release
	return http.DefaultTransport.RoundTrip(request)
}
