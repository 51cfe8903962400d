package realtime_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/presence"
	"github.com/usherhq/usher/internal/realtime"
	"github.com/usherhq/usher/internal/sqlstore/testdatabase"
)

// soon is how long what one server decides may take to be done by another.
const soon = time.Second

// twoNodes gives two servers of one database.
func twoNodes(t *testing.T) (north, south *house) {
	t.Helper()
	address := testdatabase.PostgreSQL(t)
	return openHouse(t, address), openHouse(t, address)
}

func TestUsersOfTwoServersHearOfEachOther(t *testing.T) {
	t.Parallel()
	north, south := twoNodes(t)
	jwt, _ := north.login(andrew)
	listener := south.enter(jwt, "ALL_USERS")
	south.eventually("Andrew is online", func() bool { return north.online(andrew) })
	georges, _ := north.login(george)
	first := north.enter(georges, "")
	listener.wantPresence(george, "online")
	second := south.enter(georges, "")
	south.eventually("the second one is written", func() bool { return south.tracker.Waiting() == 0 })
	_ = first.Close(websocket.StatusNormalClosure, "")
	north.eventually("the first one is gone", func() bool { return north.gateway.Sockets() == 0 && north.tracker.Waiting() == 0 })
	listener.wantQuiet()
	_ = second.Close(websocket.StatusNormalClosure, "")
	listener.wantPresence(george, "offline")
}

func TestWhatEndsASessionEndsItsSocketsEverywhere(t *testing.T) {
	t.Parallel()
	north, south := twoNodes(t)
	for name, end := range map[string]func(token identity.AuthToken) error{
		"revoked": func(token identity.AuthToken) error {
			return north.RevokeToken(t.Context(), north.operator(), andrew, token.Value)
		},
		"flushed":     func(identity.AuthToken) error { return north.FlushTokens(t.Context(), north.operator(), andrew) },
		"deactivated": func(identity.AuthToken) error { return north.DeactivateUser(t.Context(), north.operator(), andrew) },
	} {
		jwt, token := north.login(andrew)
		kept, _ := north.login(george)
		here, there := north.enter(jwt, ""), south.enter(jwt, "")
		neighbour := south.enter(kept, "")
		asked := time.Now()
		if err := end(token); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		here.wantEnd(realtime.Revoked)
		there.wantEnd(realtime.Revoked)
		if took := time.Since(asked); took > soon {
			t.Errorf("%s: its sockets ended after %s", name, took)
		}
		neighbour.wantQuiet()
		if name == "deactivated" {
			if _, err := north.ReactivateUsers(t.Context(), north.operator(), []identity.UID{andrew}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestAKeyThatOneServerWithdrawsIsRefusedByTheOther(t *testing.T) {
	t.Parallel()
	north, south := twoNodes(t)
	jwt, token := north.login(andrew)
	there := south.enter(jwt, "")
	asked := time.Now()
	if err := north.WithdrawSigningKey(t.Context(), north.operator(), signer(t, jwt)); err != nil {
		t.Fatal(err)
	}
	there.wantEnd(realtime.Refused)
	if took := time.Since(asked); took > soon {
		t.Errorf("its socket ended after %s", took)
	}
	late := south.dial()
	late.write(authFrame(jwt, ""))
	late.wantEnd(realtime.Refused)
	south.enter(south.jwt(token), "").wantQuiet()
}

// A server that dies says nothing: its rows stay, and its lease ends.
func TestTheUsersOfAServerThatDiedGoOffline(t *testing.T) {
	t.Parallel()
	address := testdatabase.PostgreSQL(t)
	dead := openHouse(t, address, func(_ *realtime.Config, tracking *presence.Config) {
		tracking.Node, tracking.Lease = "dead", time.Hour
	})
	north := openHouse(t, address, func(_ *realtime.Config, tracking *presence.Config) { tracking.Lease = 3 * time.Second })
	jwt, _ := north.login(andrew)
	listener := north.enter(jwt, "ALL_USERS")
	north.eventually("Andrew is online", func() bool { return north.online(andrew) })
	georges, _ := north.login(george)
	nancys, _ := north.login(nancy)
	dead.enter(georges, "")
	listener.wantPresence(george, "online")
	// Nancy has a socket at both, and stays.
	dead.enter(nancys, "")
	listener.wantPresence(nancy, "online")
	north.enter(nancys, "")
	north.eventually("Nancy is written down", func() bool { return north.tracker.Waiting() == 0 })
	if added, err := north.RenewNode(t.Context(), "dead", -time.Second); err != nil || added {
		t.Fatalf("end the lease: %v, %v", added, err)
	}
	listener.wantPresence(george, "offline")
	listener.wantQuiet()
	if north.online(george) || !north.online(nancy) {
		t.Error("lists tell something else")
	}
	// It was not dead after all, only silent: then it tells again who is there.
	if added, err := north.RenewNode(t.Context(), "dead", time.Hour); err != nil || !added {
		t.Fatalf("it comes back: %v, %v", added, err)
	}
}

// Users come and go at both servers at once, some of them at both. When all has settled, the lists and
// whoever listened at either server say the same.
func TestServersAgreeWhenAllHasSettled(t *testing.T) {
	t.Parallel()
	north, south := twoNodes(t)
	jwt, _ := north.login(andrew)
	listeners := []*socket{north.enter(jwt, "ALL_USERS"), south.enter(jwt, "ALL_USERS")}
	const users, rounds = 8, 6
	uids := make([]identity.UID, users)
	tokens := make([]string, users)
	for i := range users {
		user, _, err := north.CreateUser(t.Context(), north.operator(), identity.NewUser{UID: fmt.Sprint("user-", i), Name: "User"}, false)
		if err != nil {
			t.Fatal(err)
		}
		uids[i] = user.UID
		tokens[i], _ = north.login(user.UID)
	}
	var clients sync.WaitGroup
	for i := range users {
		clients.Go(func() {
			for round := range rounds {
				at := []*house{north, south}[(i+round)%2]
				s := at.enter(tokens[i], "")
				if round < rounds-1 || i%2 == 0 {
					_ = s.Close(websocket.StatusNormalClosure, "")
				}
			}
		})
	}
	clients.Wait()
	north.eventually("the lists are right", func() bool {
		for i, uid := range uids {
			if north.online(uid) != (i%2 == 1) {
				return false
			}
		}
		return north.tracker.Waiting() == 0 && south.tracker.Waiting() == 0
	})
	// Whoever comes last is told last.
	last, _ := north.login(nancy)
	north.enter(last, "")
	for number, listener := range listeners {
		states := map[string]string{}
		for states[string(nancy)] == "" {
			body := listener.read()["body"].(map[string]any)
			uid := body["user"].(map[string]any)["uid"].(string)
			if states[uid] == body["action"] {
				t.Errorf("listener %d: %s is told to be %s twice", number, uid, body["action"])
			}
			states[uid] = body["action"].(string)
		}
		for i, uid := range uids {
			if want := []string{"offline", "online"}[i%2]; states[string(uid)] != want {
				t.Errorf("listener %d heard last of %s that it is %s, want %s", number, uid, states[string(uid)], want)
			}
		}
	}
}
