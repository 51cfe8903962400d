package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// crowd is users with a client each, that comes back whenever its socket ends.
type crowd struct {
	t   *testing.T
	url atomic.Pointer[string]
	// jwts is by user; leave ends a client.
	jwts  map[string]string
	leave map[string]context.CancelFunc

	mu      sync.Mutex
	sockets map[string]int
	group   sync.WaitGroup
}

// retry is how long a client waits before it comes back; official SDKs take five seconds.
const retry = 300 * time.Millisecond

// gather makes users and gets a JWT for each.
func gather(t *testing.T, server *process, count int) *crowd {
	t.Helper()
	c := &crowd{t: t, jwts: map[string]string{}, leave: map[string]context.CancelFunc{}, sockets: map[string]int{}}
	c.url.Store(&server.url)
	todo := make(chan string)
	var workers sync.WaitGroup
	for range 16 {
		workers.Go(func() {
			for uid := range todo {
				jwt, err := server.login(t.Context(), uid)
				if err != nil {
					t.Errorf("%s: %v", uid, err)
					continue
				}
				c.mu.Lock()
				c.jwts[uid] = jwt
				c.mu.Unlock()
			}
		})
	}
	for number := range count {
		todo <- fmt.Sprintf("user-%d", number)
	}
	close(todo)
	workers.Wait()
	if t.Failed() {
		t.FailNow()
	}
	return c
}

// login makes a user and gives its JWT.
func (p *process) login(ctx context.Context, uid string) (jwt string, err error) {
	var user struct{ AuthToken string }
	if err := p.call(ctx, http.MethodPost, "/v3/users", `{"uid":"`+uid+`","name":"User","withAuthToken":true}`, &user); err != nil {
		return "", err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+"/v3/me", http.NoBody)
	if err != nil {
		return "", err
	}
	request.Header.Set("authToken", user.AuthToken)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var me struct{ Data struct{ JWT string } }
	err = json.NewDecoder(response.Body).Decode(&me)
	return me.Data.JWT, err
}

// connect starts every client.
func (c *crowd) connect() {
	for uid, jwt := range c.jwts {
		ctx, leave := context.WithCancel(c.t.Context())
		c.leave[uid] = leave
		c.group.Go(func() {
			for ctx.Err() == nil {
				c.visit(ctx, uid, jwt)
				select {
				case <-ctx.Done():
				case <-time.After(retry):
				}
			}
		})
	}
}

// visit opens a socket and stays until it ends.
func (c *crowd) visit(ctx context.Context, uid, jwt string) {
	conn, answer, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(*c.url.Load(), "http"), nil)
	if answer != nil && answer.Body != nil {
		_ = answer.Body.Close()
	}
	if err != nil {
		return
	}
	defer conn.CloseNow() //nolint:errcheck // it is closed already, or gone
	if conn.Write(ctx, websocket.MessageText, []byte(`{"type":"auth","body":{"auth":"`+jwt+`","presenceSubscription":"NONE"}}`)) != nil {
		return
	}
	if _, reply, err := conn.Read(ctx); err != nil || !strings.Contains(string(reply), `"code":"200"`) {
		return
	}
	c.count(uid, 1)
	defer c.count(uid, -1)
	for err == nil {
		_, _, err = conn.Read(ctx)
	}
}

func (c *crowd) count(uid string, by int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sockets[uid] += by; c.sockets[uid] == 0 {
		delete(c.sockets, uid)
	}
}

// present is who has a socket.
func (c *crowd) present() map[string]bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	users := map[string]bool{}
	for uid := range c.sockets {
		users[uid] = true
	}
	return users
}

// available is who is online in the list of users.
func (p *process) available(ctx context.Context) (map[string]bool, error) {
	users := map[string]bool{}
	for page := 1; ; page++ {
		var listed []struct{ UID, Status string }
		if err := p.call(ctx, http.MethodGet, fmt.Sprintf("/v3/users?sortBy=uid&perPage=500&page=%d", page), "", &listed); err != nil {
			return nil, err
		}
		for _, user := range listed {
			if user.Status == "available" {
				users[user.UID] = true
			}
		}
		if len(listed) < 500 {
			return users, nil
		}
	}
}

// settles waits until want users have sockets, and those who are listed as online are the same.
func (c *crowd) settles(server *process, want int) {
	c.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; {
		present := c.present()
		listed, err := server.available(c.t.Context())
		if err != nil {
			c.t.Fatal(err)
		}
		if len(present) == want && maps.Equal(present, listed) {
			return
		}
		if time.Now().After(deadline) {
			c.t.Fatalf("after a minute, %d users have a socket and %d are listed as online, want %d\n%s", len(present), len(listed), want, server.log)
		}
		<-time.After(100 * time.Millisecond)
	}
}

func TestAfterKill9WhoIsOnlineIsWhoHasASocket(t *testing.T) {
	t.Parallel()
	const users, lost = 1000, 100
	folder := t.TempDir()
	flags := []string{"--rest-key=" + testKey, "--no-rate-limit", "--no-sample-users", "--sockets-per-address=0"}
	server := start(t, folder, flags...)
	clients := gather(t, server, users)
	clients.connect()
	clients.settles(server, users)

	server.kill()
	left := 0
	for uid, leave := range clients.leave {
		if left++; left > lost {
			break
		}
		leave()
		delete(clients.leave, uid)
	}
	server = start(t, folder, flags[1:]...)
	clients.url.Store(&server.url)
	restarted := time.Now()
	for len(clients.present()) < users-lost {
		if time.Since(restarted) > time.Minute {
			t.Fatalf("only %d of %d came back", len(clients.present()), users-lost)
		}
		<-time.After(20 * time.Millisecond)
	}
	t.Logf("%d clients were back %s after the restart", users-lost, time.Since(restarted).Round(time.Millisecond))
	// Who did not come back is seen online for as long as the old lease lives, and no longer.
	clients.settles(server, users-lost)
	t.Logf("who is online was who has a socket %s after the restart", time.Since(restarted).Round(time.Millisecond))

	// A stop as it should be: everybody is back, and nobody was seen offline.
	if err := server.terminate(); err != nil {
		t.Fatalf("after SIGTERM: %v\n%s", err, server.log)
	}
	server = start(t, folder, flags[1:]...)
	clients.url.Store(&server.url)
	if listed, err := server.available(t.Context()); err != nil || len(listed) != users-lost {
		t.Errorf("after the restart %d users are online, %v; want %d", len(listed), err, users-lost)
	}
	clients.settles(server, users-lost)
	for _, leave := range clients.leave {
		leave()
	}
	clients.group.Wait()
	clients.settles(server, 0)
}
