package conformance

import (
	"sync"
	"time"
)

// Channel is a scenario's own way to the server.
type Channel struct {
	host   string
	closed chan struct{}

	mu        sync.Mutex
	faults    map[string]Fault
	all       Fault
	exchanges []*Exchange
	reported  int
	// Realtime connections.
	socketStatus int
	attempts     []time.Time
	links        []*Link
	// changed is closed, and replaced, whenever something here changes.
	changed chan struct{}
}

// Host is the address for an SDK's setHost.
func (c *Channel) Host() string { return c.host }

// On makes requests of a name meet a fault from now on; such as "PUT /me".
func (c *Channel) On(name string, fault Fault) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.faults == nil {
		c.faults = make(map[string]Fault)
	}
	c.faults[name] = fault
}

// OnAll makes all requests meet a fault from now on.
func (c *Channel) OnAll(fault Fault) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = fault
}

// Heal passes everything on again.
func (c *Channel) Heal() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults, c.all = nil, nil
}

// Forget leaves what has come so far out of what is waited for: a part of a scenario that is played
// again must not take an exchange of the part before for its own.
func (c *Channel) Forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, x := range c.exchanges {
		x.taken = true
	}
}

// Requests gives the names of the requests that came since the last call.
func (c *Channel) Requests() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var names []string
	for _, x := range c.exchanges[c.reported:] {
		names = append(names, x.Name)
	}
	c.reported = len(c.exchanges)
	return names
}

func (c *Channel) begin(x *Exchange) Fault {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.exchanges = append(c.exchanges, x)
	c.tell()
	if fault := c.faults[x.Name]; fault != nil {
		return fault
	}
	if c.all != nil {
		return c.all
	}
	return Pass
}

func (c *Channel) end(x *Exchange) {
	c.mu.Lock()
	defer c.mu.Unlock()
	x.ended = true
	c.tell()
}

// tell must be called with mu held.
func (c *Channel) tell() {
	close(c.changed)
	c.changed = make(chan struct{})
}

// take gives a request of a name that was not taken before, or nil, and a channel that is closed when
// it may be worth another look.
func (c *Channel) take(name string, wanted func(*Exchange) bool) (*Exchange, <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, x := range c.exchanges {
		if x.Name == name && !x.taken && wanted(x) {
			x.taken = true
			return x, nil
		}
	}
	return nil, c.changed
}
