package sqlstore_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/sqlstore/testdatabase"
)

// A feed that is read while servers write gives every event once, in the order of the list.
func TestAFeedGivesEveryEventOnce(t *testing.T) {
	t.Parallel()
	testdatabase.OnEach(t, func(t *testing.T, address string) {
		here := newService(openInTurn(t, address))
		set, err := here.SetUp(t.Context(), identity.FirstApp{ID: "acme", Region: "eu", SampleUsers: true})
		if err != nil {
			t.Fatal(err)
		}
		services := []*identity.Service{here}
		if !isSQLite(address) {
			services = append(services, newService(openInTurn(t, address)))
		}
		feed, err := here.NewFeed(t.Context(), identity.EventTokenIssued, identity.EventTokenRevoked)
		if err != nil {
			t.Fatal(err)
		}
		const writers, rounds = 5, 20
		var written sync.WaitGroup
		for number := range writers {
			service, uid := services[number%len(services)], identity.SampleUIDs[number]
			written.Go(func() {
				for range rounds {
					if err := issueAndRevoke(t.Context(), service, set.App, uid); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		var read []identity.Event
		for len(read) < 2*writers*rounds {
			events, err := feed.Next(ctx)
			if err != nil {
				t.Fatalf("after %d events: %v", len(read), err)
			}
			read = append(read, events...)
		}
		written.Wait()
		var want []identity.Event
		var after int64
		for {
			page, err := here.ListEvents(t.Context(), identity.Caller{App: set.App}, identity.EventFilter{After: after, Limit: 50})
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			for _, event := range page {
				if after = event.ID; event.Kind == identity.EventTokenIssued || event.Kind == identity.EventTokenRevoked {
					want = append(want, event)
				}
			}
		}
		wantEqual(t, "what the feed gave", read, want)
		// From where it stands another one goes on.
		next, err := here.FeedFrom(t.Context(), want[9].ID, identity.EventTokenIssued, identity.EventTokenRevoked)
		if err != nil {
			t.Fatal(err)
		}
		rest, err := next.Next(ctx)
		if err != nil {
			t.Fatal(err)
		}
		wantEqual(t, "what comes behind the tenth", rest, want[10:])
		// With nothing new it waits until it is told to stop.
		stopped, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer stop()
		if events, err := feed.Next(stopped); err == nil {
			t.Errorf("it gave %v once more", events)
		}
	})
}

func issueAndRevoke(ctx context.Context, service *identity.Service, app identity.App, uid identity.UID) error {
	token, err := service.IssueToken(ctx, identity.Caller{App: app}, uid, identity.TokenRequest{Force: true})
	if err != nil {
		return fmt.Errorf("issue: %w", err)
	}
	return service.RevokeToken(ctx, identity.Caller{App: app}, uid, token.Value)
}
