package conformance

import (
	"encoding/json"
	"slices"
	"time"
)

// Does is something that a listener does inside its callback.
type Does struct {
	On      string `json:"on"`
	Command string `json:"command"`
	Params  Params `json:"params,omitempty"`
	Times   int    `json:"times,omitempty"`
}

// Listen adds a login listener.
func (c *Client) Listen(id string, does ...Does) {
	c.t.Helper()
	c.WantOK(c.Do("addLoginListener", Params{"listener": id, "does": slices.Concat([]Does{}, does)}))
}

// Unlisten removes it.
func (c *Client) Unlisten(id string) {
	c.t.Helper()
	c.WantOK(c.Do("removeLoginListener", Params{"listener": id}))
}

func (c *Client) hear(event Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.events = append(c.events, event)
	close(c.changed)
	c.changed = make(chan struct{})
}

// Marker is the code of a login that fails without doing anything. Its loginFailure says that a
// listener has heard everything before it.
const Marker = "ERROR_UID_WITH_SPACE"

// Heard gives what a listener heard so far, in words: "loginSuccess ann-1", "loginFailure CODE",
// "logoutSuccess REASON", "did COMMAND ann-1".
func (c *Client) Heard(id string) []string {
	c.t.Helper()
	c.markers++
	c.WantCode(c.TryLogin("mark er"), Marker)
	var heard []string
	c.until(func() bool {
		heard = nil
		seen := 0
		for _, words := range c.HeardNow(id) {
			if words == "loginFailure "+Marker {
				seen++
				continue
			}
			heard = append(heard, words)
		}
		return seen >= c.markers
	}, "the listener "+id+" did not hear everything")
	return heard
}

// HeardSoon waits until a listener heard a number of things, and gives all it heard.
func (c *Client) HeardSoon(id string, number int) []string {
	c.t.Helper()
	c.until(func() bool { return len(c.HeardNow(id)) >= number }, "the listener "+id+" heard too little")
	return c.HeardNow(id)
}

// WantHeard holds what a listener heard against what it must have.
func (c *Client) WantHeard(id string, want ...string) {
	c.t.Helper()
	if got := c.Heard(id); !slices.Equal(got, want) {
		c.t.Errorf("the listener %s heard %q, want %q", id, got, want)
	}
}

// HeardNow gives what a listener heard, without waiting for more.
func (c *Client) HeardNow(id string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var heard []string
	for _, event := range c.events {
		if event.Listener == id && event.Event != "url" {
			heard = append(heard, event.words())
		}
	}
	return heard
}

// URLs gives the addresses that requests went to.
func (c *Client) URLs() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var addresses []string
	for _, event := range c.events {
		if event.Event == "url" {
			addresses = append(addresses, event.words())
		}
	}
	return addresses
}

// until waits for something that events change.
func (c *Client) until(reached func() bool, otherwise string) {
	c.t.Helper()
	late := time.NewTimer(Patience)
	defer late.Stop()
	for {
		c.mu.Lock()
		changed := c.changed
		c.mu.Unlock()
		if reached() {
			return
		}
		select {
		case <-changed:
		case <-late.C:
			c.t.Fatalf("%s\n%s", otherwise, c.process.complaints)
		}
	}
}

func (e Event) words() string {
	switch e.Event {
	case "did":
		var did struct {
			Command string `json:"command"`
			Answer
		}
		_ = json.Unmarshal(e.Value, &did)
		if did.Error != nil {
			return "did " + did.Command + " " + did.Error.Code
		}
		return "did " + did.Command + " " + gist(did.Result)
	case "url":
		return gist(e.Value)
	}
	if len(e.Value) == 0 || string(e.Value) == "null" {
		return e.Event
	}
	return e.Event + " " + gist(e.Value)
}

// gist is the text itself, a user's uid, an error's code, or else the JSON.
func gist(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) == nil && string(value) != "null" {
		return text
	}
	var object struct{ UID, Code string }
	if json.Unmarshal(value, &object) == nil && object.UID+object.Code != "" {
		return object.UID + object.Code
	}
	return string(value)
}

// Events gives what a listener heard, without waiting for more.
func (c *Client) Events(id string) []Event {
	c.mu.Lock()
	defer c.mu.Unlock()
	var heard []Event
	for _, event := range c.events {
		if event.Listener == id {
			heard = append(heard, event)
		}
	}
	return heard
}
