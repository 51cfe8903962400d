package conformance

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/usherhq/usher/sdk/go/admin"
)

// Patience is how long a scenario waits for what has no time limit of its own. It is far more than
// anything takes, so that only what never happens reaches it.
const Patience = 30 * time.Second

// Stage is where one scenario plays: users of its own, a way to the server of its own, and clients of
// one SDK.
type Stage struct {
	*Channel

	// Key is an API key of the scope authOnly.
	Key string

	t      *T
	sdk    *SDK
	stores int
}

func newStage(t *T, sdk *SDK) *Stage {
	s := &Stage{Channel: here.proxy.open(), Key: string(here.server.App().AuthKey), t: t, sdk: sdk}
	t.Cleanup(func() { close(s.closed) })
	return s
}

// Elsewhere gives another address of the same server.
func (s *Stage) Elsewhere() *Channel {
	channel := here.proxy.open()
	s.t.Cleanup(func() { close(channel.closed) })
	return channel
}

// AppID is the app of every scenario.
func (s *Stage) AppID() string { return here.appID() }

// Can says whether the SDK's driver claims a capability.
func (s *Stage) Can(capability string) bool { return s.sdk.can(capability) }

// User makes a user and gives the uid.
func (s *Stage) User() string {
	s.t.Helper()
	uid := fmt.Sprintf("ann-%d", here.number(&here.users))
	if _, err := here.backEnd.Users.Create(s.t.Context(), admin.NewUser{UID: uid, Name: "Ann"}); err != nil {
		s.t.Fatal(err)
	}
	return uid
}

// Rename changes how the server describes a user.
func (s *Stage) Rename(uid, name string) {
	s.t.Helper()
	if _, err := here.backEnd.Users.Update(s.t.Context(), uid, admin.UserChanges{Name: name}); err != nil {
		s.t.Fatal(err)
	}
}

// Token has the back end issue a token for a user.
func (s *Stage) Token(uid string) string {
	s.t.Helper()
	issued, err := here.backEnd.AuthTokens.Issue(s.t.Context(), uid, admin.IssueOptions{Force: true})
	if err != nil {
		s.t.Fatal(err)
	}
	return issued.Token
}

// Revoke has the back end end a token.
func (s *Stage) Revoke(uid, token string) {
	s.t.Helper()
	if err := here.backEnd.AuthTokens.Revoke(s.t.Context(), uid, token); err != nil {
		s.t.Fatal(err)
	}
}

// WantAlive holds that the server accepts a token, or does not.
func (s *Stage) WantAlive(token string, want bool) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, here.server.URL()+"/v3/me", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("appId", s.AppID())
	request.Header.Set("authToken", token)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	var refused struct {
		Error Failure `json:"error"`
	}
	_ = json.NewDecoder(answer.Body).Decode(&refused)
	if alive := refused.Error.Code == ""; alive != want {
		s.t.Errorf("the token is alive: %v (%s), want %v", alive, refused.Error.Code, want)
	}
}

// Store makes a place for a client to keep its session in.
func (s *Stage) Store() string {
	s.t.Helper()
	s.stores++
	path := filepath.Join(s.t.TempDir(), fmt.Sprintf("store-%d", s.stores))
	if err := os.Mkdir(path, 0o700); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// Arrived waits until a request of a name has come, which no earlier call was about.
func (s *Stage) Arrived(name string) *Exchange {
	s.t.Helper()
	return s.wait(name, func(*Exchange) bool { return true })
}

// Done waits until a request of a name was dealt with, which no earlier call was about.
func (s *Stage) Done(name string) *Exchange {
	s.t.Helper()
	return s.wait(name, func(x *Exchange) bool { return x.ended })
}

// Revoked waits until the server was asked to end a token.
func (s *Stage) Revoked(token string) {
	s.t.Helper()
	s.wait("DELETE /me", func(x *Exchange) bool { return x.ended && x.Token == token })
}

func (s *Stage) wait(name string, wanted func(*Exchange) bool) *Exchange {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), Patience)
	defer cancel()
	for {
		found, changed := s.take(name, wanted)
		if found != nil {
			return found
		}
		select {
		case <-changed:
		case <-ctx.Done():
			s.t.Fatalf("there was no %s", name)
		}
	}
}

// WantRequests holds what was sent since the last look against what must have been.
func (s *Stage) WantRequests(want ...string) {
	s.t.Helper()
	got := s.Requests()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		s.t.Errorf("requests: %v, want %v", got, want)
	}
}
