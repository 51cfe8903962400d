package bench_test

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/dashboard"
	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/sqlstore"
	"github.com/usherhq/usher/internal/vault"
)

// BenchmarkConsolePages opens the pages of the console, in an app of 100,000 of them with an event
// for each: the median and the 95th percentile in milliseconds, from the request to the whole page. The target
// is 20 ms.
func BenchmarkConsolePages(b *testing.B) {
	store, err := sqlstore.Open(b.Context(), "sqlite:"+filepath.Join(b.TempDir(), "usher.db"), vault.Ephemeral())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = store.Close() })
	service := identity.NewService(store, time.Now, rand.Reader)
	if _, err := service.SetUp(b.Context(), identity.FirstApp{ID: "bench", Region: "us"}); err != nil {
		b.Fatal(err)
	}
	app, err := service.GetApp(b.Context(), "bench")
	if err != nil {
		b.Fatal(err)
	}
	caller := identity.Caller{App: app}
	for numbers := range slices.Chunk(slices.Collect(upTo(manyUsers)), 1000) {
		users := make([]identity.ImportedUser, len(numbers))
		for i, number := range numbers {
			made := listedUser("bench", number, manyUsers, time.Now())
			users[i].NewUser = identity.NewUser{UID: string(made.UID), Name: made.Name, Avatar: made.Avatar, Metadata: made.Metadata, Tags: made.Tags}
		}
		if _, err := service.ImportUsers(b.Context(), caller, users); err != nil {
			b.Fatal(err)
		}
	}
	for range identity.MaxLiveTokens {
		if _, err := service.IssueToken(b.Context(), caller, "user-0000007", identity.TokenRequest{Force: true}); err != nil {
			b.Fatal(err)
		}
	}
	console, err := dashboard.New(service, dashboard.Config{
		Development: true, Log: slog.New(slog.DiscardHandler), Address: func(*http.Request) string { return "127.0.0.1" },
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(console.Close)
	for name, path := range map[string]string{
		"overview": "", "users": "/users", "users-last-page": "/users?page=4000", "users-by-uid-descending": "/users?sort=-uid", "search": "/users?searchKey=user-00077",
		"search-everybody": "/users?searchKey=user-", "tag-of-half": "/users?tags=half", "online": "/users?status=online", "offline": "/users?status=offline",
		"deactivated": "/users?deactivated=with", "user": "/users/uid/user-0000007", "user-edit": "/users/uid/user-0000007/edit",
		"keys": "/keys", "key": "/keys/1", "try": "/try", "try-typed": "/try?uid=user-00077",
		"user-events": "/users/uid/user-0000007/events", "user-blocks": "/users/uid/user-0000007/blocks",
		// Every user was made by an event.
		"events": "/events", "events-of-kind": "/events?kind=user_created", "events-of-user": "/events?uid=user-0000007",
		"roles": "/roles", "webhooks": "/webhooks", "settings": "/settings",
	} {
		b.Run(name, func(b *testing.B) { openPage(b, console, fmt.Sprintf("%s/apps/bench%s", dashboard.Prefix, path)) })
	}
	for name, path := range map[string]string{"operators": "/operators", "account": "/account"} {
		b.Run(name, func(b *testing.B) { openPage(b, console, dashboard.Prefix+path) })
	}
}

func openPage(b *testing.B, console http.Handler, path string) {
	b.Helper()
	var times []time.Duration
	for b.Loop() {
		request := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "http://localhost"+path, http.NoBody)
		answer := httptest.NewRecorder()
		started := time.Now()
		console.ServeHTTP(answer, request)
		times = append(times, time.Since(started))
		if answer.Code != http.StatusOK {
			b.Fatalf("status %d: %s", answer.Code, answer.Body)
		}
	}
	slices.Sort(times)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(milliseconds(times[len(times)/2]), "ms")
	b.ReportMetric(milliseconds(times[len(times)*95/100]), "p95-ms")
}
