package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/usherhq/usher/internal/server"
	"github.com/usherhq/usher/sdk/go/admin"
	"github.com/usherhq/usher/sdk/go/calls"
	"github.com/usherhq/usher/sdk/go/usher"
)

// demoCommand plays the story of the documents with the Go SDK: not logged in, log in, start again,
// log out, log in with a token of the back end, and every documented error once.
type demoCommand struct{}

// Run fails when a step of the story is not as it should be.
func (*demoCommand) Run(ctx context.Context) (err error) {
	log := slog.New(slog.DiscardHandler)
	running, err := server.Start(ctx, server.Config{Dev: true, Listen: "127.0.0.1:0", Region: "us"}, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, running.Close()) }()
	folder, err := os.MkdirTemp("", "usher-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()

	tale := &story{
		out: os.Stdout, url: running.URL(), session: filepath.Join(folder, "session"),
		appID: string(running.App().App.ID), authKey: string(running.App().AuthKey), restKey: string(running.App().RESTKey),
	}
	return tale.tell(ctx)
}

// story is the demo's people and props.
type story struct {
	out     io.Writer
	url     string
	session string // the folder of the SDK's stored session
	appID   string
	authKey string
	restKey string
	phone   *calls.Client // the app's client
	backEnd *admin.Client // the customer's own server
	failed  int
}

const (
	andrew = "cometchat-uid-1"
	kevin  = "kevin"
)

// waitForWord is how long the app may take to hear of what the server does: usually less than a tenth
// of a second.
const waitForWord = 10 * time.Second

func (s *story) tell(ctx context.Context) error {
	fmt.Fprintf(s.out, "\nA login story, played with the Go SDK against a temporary server at %s\n", s.url)
	var err error
	if s.phone, err = s.newClient(); err != nil {
		return err
	}
	if s.backEnd, err = admin.New(admin.Config{AppID: s.appID, Host: s.url, APIKey: s.restKey}); err != nil {
		return err
	}
	s.loginWithKey(ctx)
	s.loginWithToken(ctx)
	s.errors(ctx)
	s.phone.Close()
	if s.failed > 0 {
		return fmt.Errorf("%d steps of the story were not as they should be", s.failed)
	}
	fmt.Fprint(s.out, "\nEverything was as it should be. Now serve it:  usher serve --dev\n\n")
	return nil
}

// newClient is what an app does at each start.
func (s *story) newClient(options ...calls.Option) (*calls.Client, error) {
	options = append([]calls.Option{calls.WithStorage(usher.FileStorage(s.session))}, options...)
	return calls.New(calls.Config{AppID: s.appID, Host: s.url}, options...)
}

func (s *story) chapter(title string) { fmt.Fprintf(s.out, "\n%s\n", title) }

// step tells one thing that happens and whether it was as it should be.
func (s *story) step(what, saw string, err error) {
	mark := "✓"
	if err != nil {
		mark, saw = "✗", err.Error()
		s.failed++
	}
	fmt.Fprintln(s.out, strings.TrimRight(fmt.Sprintf("  %s %-60s %s", mark, what, saw), " "))
}

// userIs holds a logged-in user against the one expected.
func userIs(user *usher.User, err error, uid string) (string, error) {
	switch {
	case err != nil:
		return "", err
	case user == nil:
		return "", errors.New("nobody is logged in")
	case user.UID != uid:
		return "", fmt.Errorf("%s is logged in, not %s", user.UID, uid)
	}
	return fmt.Sprintf("%s (%s), %s", user.Name, user.UID, user.Status), nil
}

func (s *story) nobodyIsIn() (string, error) {
	if user := s.phone.LoggedInUser(); user != nil || s.phone.IsUserLoggedIn() {
		return "", errors.New("somebody is logged in")
	}
	return "nobody", nil
}

func (s *story) loginWithKey(ctx context.Context) {
	s.chapter("In development: login with uid and Auth Key")
	saw, err := s.nobodyIsIn()
	s.step("The app starts for the first time. Who is logged in?", saw, err)

	user, err := s.phone.Login(ctx, andrew, s.authKey)
	saw, err = userIs(user, err, andrew)
	s.step("Login of "+andrew, saw, err)

	s.phone.Close()
	s.phone, err = s.newClient()
	if err == nil {
		saw, err = userIs(s.phone.LoggedInUser(), nil, andrew)
	}
	s.step("The app is restarted. Still logged in, without a request", saw, err)

	message, err := s.phone.Logout(ctx)
	s.step("Logout", message, err)
	saw, err = s.nobodyIsIn()
	s.step("Who is logged in now?", saw, err)
}

func (s *story) loginWithToken(ctx context.Context) {
	s.chapter("In production: the back end issues an auth token, the app logs in with it")
	created, err := s.backEnd.Users.Create(ctx, admin.NewUser{UID: kevin, Name: "Kevin"})
	saw := ""
	if err == nil {
		saw = created.Name + " (" + created.UID + ")"
	}
	s.step("Back end: create a user when he signs up", saw, err)

	token, err := s.backEnd.AuthTokens.Issue(ctx, kevin, admin.IssueOptions{})
	if err != nil {
		s.step("Back end: issue an auth token", "", err)
		return
	}
	s.step("Back end: issue an auth token", "for "+token.UID, nil)

	user, err := s.phone.LoginWithAuthToken(ctx, token.Token)
	saw, err = userIs(user, err, kevin)
	s.step("App: login with the token", saw, err)

	message, err := s.phone.Logout(ctx)
	s.step("App: logout", message, err)
	user, err = s.phone.LoginWithAuthToken(ctx, token.Token)
	saw, err = userIs(user, err, kevin)
	s.step("App: the token is the back end's and good for another login", saw, err)

	loggedOut := s.hearsOfLogout()
	err = s.backEnd.AuthTokens.Revoke(ctx, kevin, token.Token)
	s.step("Back end: revoke the token", "", err)
	saw, err = loggedOut()
	s.step("App: hears at once that nobody is logged in any more", saw, err)
	// A client that has the session would answer from it; one without asks the server.
	elsewhere, err := s.newClient(calls.WithStorage(usher.MemoryStorage()))
	if err == nil {
		_, err = elsewhere.LoginWithAuthToken(ctx, token.Token)
	}
	s.provoke("Another device: login with the revoked token", usher.CodeUnknownAuthToken, err)
}

// hearsOfLogout listens for the end of the phone's session, and gives what waits for it and tells why
// it ended.
func (s *story) hearsOfLogout() func() (string, error) {
	const listener = "demo"
	reasons := make(chan usher.LogoutReason, 1)
	s.phone.AddLoginListener(listener, usher.LoginListener{
		LogoutSuccess: func(reason usher.LogoutReason) { reasons <- reason },
	})
	return func() (string, error) {
		defer s.phone.RemoveLoginListener(listener)
		select {
		case reason := <-reasons:
			return string(reason), nil
		case <-time.After(waitForWord):
			return "", fmt.Errorf("the app heard nothing within %s", waitForWord)
		}
	}
}
