package sqlstore

import (
	"context"
	"slices"
	"sync"

	"github.com/usherhq/usher/internal/identity"
)

// mostSessions bounds the memory of a sessionCache: one of them takes about a kilobyte, and at most
// ten with the largest metadata.
const mostSessions = 10_000

// everybody stands for all users where one is expected: no row has this id.
const everybody int64 = 0

// sessionCache keeps proven sessions of a database that this process alone writes to, so that a
// client's every call does not cost a query (docs/adr/0002-session-cache.md). It is exact: from
// before a commit makes a change visible, no session that it concerns is served from here.
//
// Three steps make it so. Before a commit, the writer drops the sessions of all users that the
// group has changed (begin) and thereby forbids to keep what is read from now on; after the commit,
// it allows that again (end). A reader keeps what it read only if no commit began since before
// it read.
type sessionCache struct {
	mu       sync.RWMutex
	sessions map[identity.Secret]identity.Session
	byUser   map[int64]map[identity.Secret]struct{}
	// commits counts the beginnings and the ends of commits: it is odd during one.
	commits uint64
}

func newSessionCache() *sessionCache {
	return &sessionCache{sessions: map[identity.Secret]identity.Session{}, byUser: map[int64]map[identity.Secret]struct{}{}}
}

// find gives the session of a token from memory, or reads it and keeps it. What it gives is shared:
// its slices are not to be written to.
func (c *sessionCache) find(
	ctx context.Context, value identity.Secret, read func(context.Context, identity.Secret) (identity.Session, error),
) (identity.Session, error) {
	c.mu.RLock()
	session, known := c.sessions[value]
	commits := c.commits
	c.mu.RUnlock()
	if known {
		return session, nil
	}
	session, err := read(ctx, value)
	if err != nil {
		return session, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if duringCommit := commits%2 == 1; duringCommit || commits != c.commits {
		return session, nil
	}
	if len(c.sessions) >= mostSessions {
		c.dropAny()
	}
	c.sessions[value] = session
	ofUser := c.byUser[session.User.ID]
	if ofUser == nil {
		ofUser = map[identity.Secret]struct{}{}
		c.byUser[session.User.ID] = ofUser
	}
	ofUser[value] = struct{}{}
	return session, nil
}

// dropAny makes room for one more. Which one goes hardly matters: it costs one query.
func (c *sessionCache) dropAny() {
	for value, session := range c.sessions {
		delete(c.sessions, value)
		delete(c.byUser[session.User.ID], value)
		if len(c.byUser[session.User.ID]) == 0 {
			delete(c.byUser, session.User.ID)
		}
		return
	}
}

// begin drops the sessions of the users that a commit is about to change.
func (c *sessionCache) begin(users []int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.commits++
	if slices.Contains(users, everybody) {
		clear(c.sessions)
		clear(c.byUser)
		return
	}
	for _, user := range users {
		for value := range c.byUser[user] {
			delete(c.sessions, value)
		}
		delete(c.byUser, user)
	}
}

// end allows to keep sessions again: what is read from now on sees the commit.
func (c *sessionCache) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.commits++
}
