package session_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/usherhq/usher/sdk/go/internal/session"
	"github.com/usherhq/usher/sdk/go/usher"
)

// presence is a frame about a user.
func presence(uid, action string) map[string]any {
	return map[string]any{"type": "presence", "body": map[string]any{
		"action": action, "timestamp": 1700000400, "user": map[string]any{"uid": uid, "name": uid},
	}}
}

func TestFramesThatAreHeard(t *testing.T) {
	t.Parallel()
	noTime := presence("bob", "online")
	delete(noTime["body"].(map[string]any), "timestamp")
	another := presence("bob", "online")
	another["deviceId"] = "another device"
	for name, test := range map[string]struct {
		frame any
		want  []string
	}{
		"online":         {presence("bob", "online"), []string{"bob online 1700000400"}},
		"available":      {presence("bob", "available"), []string{"bob online 1700000400"}},
		"offline":        {presence("bob", "offline"), []string{"bob offline 1700000400"}},
		"no time":        {noTime, []string{"bob online 0"}},
		"another device": {another, []string{"bob online 1700000400"}},
		"away":           {presence("bob", "away"), nil},
		"oneself":        {presence("Ann", "online"), nil},
		"nobody":         {presence("", "online"), nil},
		"no body":        {map[string]any{"type": "presence"}, nil},
		"another body":   {map[string]any{"type": "presence", "body": 1}, nil},
		"a message":      {map[string]any{"type": "message", "body": map[string]any{"id": 1}}, nil},
		"a list":         {[]int{1}, nil},
		"a text":         {"presence", nil},
		"second welcome": {map[string]any{"type": "auth", "body": map[string]any{"code": "401"}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			play(t, func(s *stage) {
				s.login("ann")
				s.wantHeard("connecting", "connected")
				s.server.Say("ann", test.frame)
				s.wantHeard(test.want...)
				if status := s.client.ConnectionStatus(); status != usher.Connected {
					s.t.Errorf("the connection is %s", status)
				}
			})
		})
	}
}

func TestFrameOfTheClientItselfIsNotHeard(t *testing.T) {
	t.Parallel()
	play(t, func(s *stage) {
		s.login("ann")
		s.wantHeard("connecting", "connected")
		own := presence("bob", "online")
		for _, request := range s.server.Requests() {
			own["deviceId"] = request.Header.Get("resource")
		}
		s.server.Say("ann", own)
		s.wantHeard()
	})
}

func TestConnectionListenersDisturbNobody(t *testing.T) {
	t.Parallel()
	play(t, func(s *stage) {
		free := make(chan struct{})
		s.client.AddConnectionListener("slow", usher.ConnectionListener{Connecting: func() { <-free }})
		s.client.AddConnectionListener("panics", usher.ConnectionListener{Connected: func() { panic("no") }})
		s.client.AddConnectionListener("empty", usher.ConnectionListener{})
		s.client.AddUserListener("slow", usher.UserListener{UserOnline: func(*usher.User) { <-free }})
		s.client.AddUserListener("empty", usher.UserListener{})
		s.client.AddUserListener("asks", usher.UserListener{UserOnline: func(user *usher.User) {
			user.Name = "mine"
			_, _ = s.client.CheckSession(context.Background())
			s.client.Disconnect()
		}})
		s.login("ann")
		s.wantHeard("connecting", "connected")
		s.server.Say("ann", presence("bob", "online"))
		s.wantHeard("bob online 1700000400", "disconnected")
		close(free)
	})
}

func TestManualMode(t *testing.T) {
	t.Parallel()
	play(t, func(s *stage) {
		s.client.Close()
		s.client = s.open(func(chosen *session.Settings) error { return chosen.SetAutoConnect(false) })
		wantCode := func(want usher.Code) {
			s.t.Helper()
			if err := s.client.Connect(s.t.Context()); usher.CodeOf(err) != want || (err == nil) != (want == "") {
				s.t.Fatalf("Connect() = %v, want %q", err, want)
			}
		}
		wantCode(usher.CodeNoUserLoggedIn)
		s.login("ann")
		pass(time.Hour)
		s.wantAttempts(0)
		wantCode("")
		wantCode("")
		s.wantHeard("connecting", "connected")
		s.wantAttempts(1)
		s.server.Cut()
		pass(time.Second)
		s.wantHeard("disconnected", "connecting", "connected")
		s.client.Disconnect()
		s.client.Disconnect()
		pass(time.Hour)
		s.wantHeard("disconnected")
		s.wantAttempts(2)
		wantCode("")
		s.wantHeard("connecting", "connected")
		s.login("bob") // another session begins as the option says
		pass(time.Hour)
		s.wantHeard("disconnected")
		s.wantAttempts(3)
		s.client.Close()
		wantCode(usher.CodeNotInitialized)
	})
}

func TestConnectEndsWithWhatItWaitsFor(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		end  func(s *stage, cancel context.CancelFunc)
		want usher.Code
	}{
		"its context": {func(_ *stage, cancel context.CancelFunc) { cancel() }, usher.CodeNotReached},
		"a logout":    {func(s *stage, _ context.CancelFunc) { s.logout() }, usher.CodeNoUserLoggedIn},
		"Disconnect":  {func(s *stage, _ context.CancelFunc) { s.client.Disconnect() }, usher.CodeNotReached},
		"Close":       {func(s *stage, _ context.CancelFunc) { s.client.Close() }, usher.CodeNotInitialized},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			play(t, func(s *stage) {
				s.server.SetSocketHook(refuse(http.StatusServiceUnavailable, nil))
				s.login("ann")
				ctx, cancel := context.WithCancel(s.t.Context())
				defer cancel()
				done := make(chan error)
				go func() { done <- s.client.Connect(ctx) }()
				pass(time.Minute)
				test.end(s, cancel)
				if err := <-done; usher.CodeOf(err) != test.want {
					s.t.Errorf("Connect() = %v, want %s", err, test.want)
				}
			})
		})
	}
}

func TestWithoutAJWTThereIsNothingToConnectWith(t *testing.T) {
	t.Parallel()
	play(t, func(s *stage) {
		without := func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path == "/me" && r.Method == http.MethodPut {
				_, _ = w.Write([]byte(`{"data": {"uid": "ann", "name": "Ann"}}`))
				return true
			}
			return false
		}
		s.server.Before(without)
		s.login("ann")
		if err := s.client.Connect(s.t.Context()); usher.CodeOf(err) != usher.CodeUnusableAnswer {
			s.t.Errorf("Connect() = %v", err)
		}
		s.wantHeard()
		s.server.Before(nil)
		if _, err := s.client.CheckSession(s.t.Context()); err != nil { // which brings one
			s.t.Fatal(err)
		}
		synctest.Wait()
		s.wantHeard("connecting", "connected")
	})
}
