package rest_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/rest"
	"github.com/usherhq/usher/internal/sqlstore"
	"github.com/usherhq/usher/internal/sqlstore/testdatabase"
	"github.com/usherhq/usher/sdk/go/verify"
)

// node is one of several servers on a database, with another program that has its keys from it.
type node struct {
	*identity.Service

	verifier *verify.Verifier
}

func newNode(t *testing.T, store *sqlstore.Store) node {
	t.Helper()
	service := identity.NewService(store, time.Now, rand.Reader)
	handler, err := rest.NewHandler(service, rest.Config{Region: "us", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	verifier, err := verify.New(server.URL, verify.WithAppID(appID), verify.WithIssuer("https://auth.example.com"), verify.WithRefetchInterval(50*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	return node{service, verifier}
}

// TestKeysRotatedUnderLoadRefuseNobody has two servers issue JWTs and verify each other's while both
// rotate the keys at once, again and again.
func TestKeysRotatedUnderLoadRefuseNobody(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T) [2]*sqlstore.Store{
		// A SQLite database has one process, and so one store.
		"SQLite": func(t *testing.T) [2]*sqlstore.Store {
			t.Helper()
			one := openStore(t, testdatabase.SQLite(t))
			return [2]*sqlstore.Store{one, one}
		},
		"PostgreSQL": func(t *testing.T) [2]*sqlstore.Store {
			t.Helper()
			address := testdatabase.PostgreSQL(t)
			return [2]*sqlstore.Store{openStore(t, address), openStore(t, address)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stores := open(t)
			rotateUnderLoad(t, [2]node{newNode(t, stores[0]), newNode(t, stores[1])})
		})
	}
}

func openStore(t *testing.T, address string) *sqlstore.Store {
	t.Helper()
	store, err := sqlstore.Open(t.Context(), address, keys)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

func rotateUnderLoad(t *testing.T, nodes [2]node) {
	t.Helper()
	const rounds, workers = 12, 8
	ctx := t.Context()
	set, err := nodes[0].SetUp(ctx, identity.FirstApp{ID: appID, Region: "us", SampleUsers: true})
	if err != nil {
		t.Fatal(err)
	}
	key, err := nodes[0].FindKey(ctx, set.App, set.RESTKey)
	if err != nil {
		t.Fatal(err)
	}
	token, err := nodes[0].IssueToken(ctx, identity.Caller{App: set.App, Key: &key}, andrew, identity.TokenRequest{})
	if err != nil {
		t.Fatal(err)
	}
	session, err := nodes[0].FindSession(ctx, appID, token.Value)
	if err != nil {
		t.Fatal(err)
	}

	var over atomic.Bool
	var verified atomic.Int64
	var signers sync.Map
	var all sync.WaitGroup
	for worker := range workers {
		issuing, other := nodes[worker%2], nodes[1-worker%2]
		check := byServer
		if worker%4 < 2 {
			check = byVerifier
		}
		var passthrough json.RawMessage
		if worker < workers/2 {
			// Each of these is signed anew, with the newest key.
			passthrough = json.RawMessage(`{"worker":true}`)
		}
		all.Go(func() {
			for !over.Load() {
				jwt, err := issuing.IssueJWT(ctx, session, "https://auth.example.com", passthrough)
				if err != nil {
					t.Errorf("issue: %v", err)
					return
				}
				if err := check(ctx, other, jwt); err != nil {
					t.Errorf("a good JWT was refused: %v", err)
				}
				head, _, _ := strings.Cut(jwt, ".")
				signers.Store(head, true)
				verified.Add(1)
			}
		})
	}
	for round := range rounds {
		var rotating sync.WaitGroup
		// Both at the same moment, then one, of which the other hears nothing.
		for _, one := range [][]node{nodes[:], nodes[:1], nodes[1:]}[round%3] {
			rotating.Go(func() {
				if _, err := one.RotateSigningKey(ctx, identity.Caller{}, true); err != nil {
					t.Errorf("rotate: %v", err)
				}
			})
		}
		rotating.Wait()
	}
	over.Store(true)
	all.Wait()
	used := 0
	signers.Range(func(any, any) bool { used++; return true })
	// Of two keys made at once, one need not get to sign, and a key may be gone before the JWTs that are kept.
	if used < rounds || verified.Load() < rounds*workers {
		t.Errorf("%d keys signed and %d JWTs were verified: too few to show anything", used, verified.Load())
	}
	t.Logf("%d JWTs of %d keys", verified.Load(), used)
}

// byServer asks a server that did not make the JWT.
func byServer(ctx context.Context, other node, jwt string) error {
	_, _, err := other.SessionOfJWT(ctx, jwt)
	return err
}

// byVerifier asks a program that has its keys from such a server.
func byVerifier(ctx context.Context, other node, jwt string) error {
	_, err := other.verifier.Verify(ctx, jwt)
	return err
}
