package conformance

import (
	"encoding/json"
	"slices"
	"time"
)

// The words for how the connection is.
const (
	Connected    = "connected"
	Connecting   = "connecting"
	Disconnected = "disconnected"
)

// Live makes a client that connects by itself and hears of every user's presence; params replace the
// usual ones.
func (s *Stage) Live(params ...Params) *Client {
	s.t.Helper()
	return s.Client(append([]Params{{"connect": true, "subscription": "ALL_USERS"}}, params...)...)
}

// Status gives how the connection is.
func (c *Client) Status() string {
	c.t.Helper()
	return decoded[string](c.t, c.Do("connectionStatus", nil))
}

// WantStatus waits until the connection is as it must be.
func (c *Client) WantStatus(want string) {
	c.t.Helper()
	late, again := time.NewTimer(Patience), time.NewTicker(10*time.Millisecond)
	defer late.Stop()
	defer again.Stop()
	for {
		got := c.Status()
		if got == want {
			return
		}
		select {
		case <-again.C:
		case <-late.C:
			c.t.Fatalf("the connection is %s, want %s", got, want)
		}
	}
}

// ListenConnection adds a connection listener.
func (c *Client) ListenConnection(id string, does ...Does) {
	c.t.Helper()
	c.WantOK(c.Do("addConnectionListener", Params{"listener": id, "does": slices.Concat([]Does{}, does)}))
}

// ListenUsers adds a user listener.
func (c *Client) ListenUsers(id string, does ...Does) {
	c.t.Helper()
	c.WantOK(c.Do("addUserListener", Params{"listener": id, "does": slices.Concat([]Does{}, does)}))
}

// HearsOf waits until a listener heard a thing, such as "userOnline ann-1", among others: the users of
// other scenarios come and go meanwhile.
func (c *Client) HearsOf(id, what string) {
	c.t.Helper()
	c.until(func() bool { return slices.Contains(c.HeardNow(id), what) }, "the listener "+id+" did not hear "+what)
}

// LastUser gives the user of the last event of a name about a uid that a listener heard.
func (c *Client) LastUser(id, event, uid string) (last struct {
	UID, Status  string
	LastActiveAt int64
},
) {
	for _, heard := range c.Events(id) {
		user := last
		if heard.Event == event && json.Unmarshal(heard.Value, &user) == nil && user.UID == uid {
			last = user
		}
	}
	return last
}
