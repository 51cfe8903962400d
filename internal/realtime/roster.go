package realtime

import (
	"slices"
	"sync"

	"github.com/usherhq/usher/internal/identity"
)

// roster is every socket of this server, found by what may end it or wants to hear of it.
type roster struct {
	mu        sync.RWMutex
	sockets   map[*socket]struct{}
	addresses map[string]int
	apps      map[identity.AppID]*appRoster
	// reading is the goroutines that read sockets; closed says that there will be no more of them.
	reading sync.WaitGroup
	closed  bool
}

// appRoster is the members of one app.
type appRoster struct {
	users  map[identity.UID][]*socket
	tokens map[string][]*socket
	// listeners is who subscribed to anybody's presence.
	listeners map[*socket]struct{}
}

func newRoster() *roster {
	return &roster{sockets: map[*socket]struct{}{}, addresses: map[string]int{}, apps: map[identity.AppID]*appRoster{}}
}

// reserve counts a socket that is about to be, unless there are too many of its address; 0 is no limit.
func (r *roster) reserve(address string, most int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if most > 0 && r.addresses[address] >= most {
		return false
	}
	r.addresses[address]++
	return true
}

// release takes back what reserve counted.
func (r *roster) release(address string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.free(address)
}

func (r *roster) free(address string) {
	if r.addresses[address]--; r.addresses[address] == 0 {
		delete(r.addresses, address)
	}
}

// open adds a socket that was reserved and starts to read it, unless the roster is closed.
func (r *roster) open(s *socket) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return false
	}
	r.sockets[s] = struct{}{}
	// On its own, so that the request and all that belongs to it can go.
	r.reading.Go(s.read)
	return true
}

// close lets no socket in from now on, and gives those that are here.
func (r *roster) close() []*socket {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	return list(r.sockets)
}

// join makes a socket a member, unless its user has too many; 0 is no limit.
func (r *roster) join(s *socket, mostOfUser int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	m := s.member
	app := r.apps[m.app]
	if app == nil {
		app = &appRoster{
			users: map[identity.UID][]*socket{}, tokens: map[string][]*socket{}, listeners: map[*socket]struct{}{},
		}
		r.apps[m.app] = app
	}
	if mostOfUser > 0 && len(app.users[m.uid]) >= mostOfUser {
		return false
	}
	add(app.users, m.uid, s)
	add(app.tokens, m.token, s)
	if m.wants.all || len(m.wants.roles) > 0 {
		app.listeners[s] = struct{}{}
	}
	return true
}

// leave forgets a socket.
func (r *roster) leave(s *socket) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, known := r.sockets[s]; !known {
		return
	}
	delete(r.sockets, s)
	r.free(s.address)
	if s.member == nil {
		return
	}
	app := r.apps[s.member.app]
	if app == nil {
		return
	}
	remove(app.users, s.member.uid, s)
	remove(app.tokens, s.member.token, s)
	delete(app.listeners, s)
	if len(app.users) == 0 {
		delete(r.apps, s.member.app)
	}
}

// all gives every socket.
func (r *roster) all() []*socket {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return list(r.sockets)
}

// ofApp gives the members of an app, ofUser those of a user, ofToken those with an auth token.
func (r *roster) ofApp(app identity.AppID) []*socket {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var found []*socket
	if known := r.apps[app]; known != nil {
		for _, sockets := range known.users {
			found = append(found, sockets...)
		}
	}
	return found
}

func (r *roster) ofUser(app identity.AppID, uid identity.UID) []*socket {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if known := r.apps[app]; known != nil {
		return slices.Clone(known.users[uid])
	}
	return nil
}

func (r *roster) ofToken(app identity.AppID, token string) []*socket {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if known := r.apps[app]; known != nil {
		return slices.Clone(known.tokens[token])
	}
	return nil
}

// signedBy gives those, of all apps, that showed a JWT by a key.
func (r *roster) signedBy(signer string) []*socket {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var found []*socket
	for _, known := range r.apps {
		for _, sockets := range known.users {
			for _, s := range sockets {
				if s.member.signer == signer {
					found = append(found, s)
				}
			}
		}
	}
	return found
}

// listeners gives who is to hear of a user, and how many users of the app are connected here. A user's
// own devices don't hear of it.
func (r *roster) listeners(app identity.AppID, uid identity.UID, role string) (found []*socket, users int) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	known := r.apps[app]
	if known == nil {
		return nil, 0
	}
	for s := range known.listeners {
		if s.member.uid != uid && s.member.listening.Load() && s.member.wants.includes(role) {
			found = append(found, s)
		}
	}
	return found, len(known.users)
}

// hasListeners says whether anybody in the app wants to hear of anybody.
func (r *roster) hasListeners(app identity.AppID) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	known := r.apps[app]
	return known != nil && len(known.listeners) > 0
}

// count gives how many sockets there are.
func (r *roster) count() int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return len(r.sockets)
}

// add and remove keep lists, not sets: most have one socket, for which a set is large.
func add[K comparable](lists map[K][]*socket, key K, s *socket) { lists[key] = append(lists[key], s) }

func remove[K comparable](lists map[K][]*socket, key K, s *socket) {
	left := slices.DeleteFunc(lists[key], func(one *socket) bool { return one == s })
	if len(left) == 0 {
		delete(lists, key)
		return
	}
	lists[key] = left
}

func list(set map[*socket]struct{}) []*socket {
	sockets := make([]*socket, 0, len(set))
	for s := range set {
		sockets = append(sockets, s)
	}
	return sockets
}
