package identity_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/usherhq/usher/internal/identity"
)

// watch begins to look at the events of an app.
type watch struct {
	h      *house
	app    identity.App
	after  int64
	hidden []string
}

func (h *house) watch(tb testing.TB, app identity.App, hidden ...string) *watch {
	tb.Helper()
	w := &watch{h: h, app: app, hidden: hidden}
	w.fresh(tb)
	return w
}

// fresh gives the events since the last look: kind, uid, subject, actor. None tells a credential.
func (w *watch) fresh(tb testing.TB) []string {
	tb.Helper()
	events, err := w.h.ListEvents(tb.Context(), identity.Caller{App: w.app}, identity.EventFilter{After: w.after, Limit: 1000})
	if err != nil {
		tb.Fatalf("list the events: %v", err)
	}
	var told []string
	for _, event := range events {
		w.after = event.ID
		told = append(told, strings.Join([]string{string(event.Kind), string(event.UID), event.Subject, event.Actor}, " "))
		for _, secret := range append(w.hidden, string(authKey), string(restKey)) {
			if strings.Contains(fmt.Sprintf("%+v", event), secret) {
				tb.Errorf("the event %+v tells a credential", event)
			}
		}
	}
	return told
}

func (w *watch) want(tb testing.TB, what string, want ...string) {
	tb.Helper()
	got := w.fresh(tb)
	if difference := cmp.Diff(want, got); difference != "" && len(want)+len(got) > 0 {
		tb.Errorf("the events of %s (-want +got):\n%s", what, difference)
	}
}

func TestEventsTellWhoDidItAndFromWhere(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.mina(t)
	token := h.issue(t, identity.ScopeFullAccess, "mina")
	client := h.client(t, token.Value)
	client.UserAgent = "Usher\x00/1 " + strings.Repeat("é", 400)
	server := h.server(t)
	server.UserAgent = "curl/8"
	h.watch(t, h.app, string(token.Value))
	after := lastEvent(t, h)
	for name, change := range map[string]func() error{
		"the server": func() error {
			_, err := h.UpdateUser(t.Context(), server, "mina", identity.UserChange{Name: new("M.")})
			return err
		},
		"the client": func() error { return h.SignOut(t.Context(), client) },
		"the operator": func() error {
			_, err := h.UpdateUser(t.Context(), identity.Caller{App: h.app}, "mina", identity.UserChange{Name: new("N.")})
			return err
		},
		"management": func() error {
			_, err := h.UpdateApp(t.Context(), identity.Caller{Management: true, Address: "192.0.2.1"}, "acme", identity.AppChange{Name: new("Acme")})
			return err
		},
	} {
		wantCode(t, name, change(), "")
	}
	events, err := h.ListEvents(t.Context(), server, identity.EventFilter{After: after, Limit: 10})
	wantCode(t, "list", err, "")
	var got []string
	for _, event := range events {
		got = append(got, event.Actor+" "+event.Address+" "+event.UserAgent)
		wantEqual(t, "the time", event.At, h.now())
	}
	slices.Sort(got)
	wantEqual(t, "who did it", got, []string{
		"key:2 203.0.113.7 curl/8", "management 192.0.2.1 ", "operator  ",
		fmt.Sprintf("token:%d 203.0.113.8 Usher/1 %s", token.ID, strings.Repeat("é", 246)),
	})
}

// lastEvent is the id of the newest event of acme.
func lastEvent(tb testing.TB, h *house) int64 {
	tb.Helper()
	w := h.watch(tb, h.app)
	return w.after
}

func TestListEventsRefusesWhatNoEventHolds(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, err := h.ListEvents(t.Context(), h.server(t), identity.EventFilter{Kind: "user\x00", Limit: 1})
	wantEqual(t, "the fields", fieldsAtFault(t, err), []string{"kind"})
}

// Every app has its own log.
func TestEventsOfAnotherAppAreNotListed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	zeta, keys, err := h.CreateApp(t.Context(), identity.Caller{Management: true}, identity.FirstApp{ID: "zeta", Region: "eu"}, identity.AppChange{Name: new("Zeta")})
	wantCode(t, "create an app", err, "")
	acme, stranger := h.watch(t, h.app), h.watch(t, zeta)
	h.mina(t)
	acme.want(t, "acme", "user_created mina  key:2")
	stranger.want(t, "zeta")
	key, err := h.FindKey(t.Context(), zeta, keys[1].Value)
	wantCode(t, "find the key", err, "")
	_, _, err = h.CreateUser(t.Context(), identity.Caller{App: zeta, Key: &key}, identity.NewUser{UID: "mina", Name: "Mina"}, false)
	wantCode(t, "create a user", err, "")
	acme.want(t, "acme after that")
	stranger.want(t, "zeta after that", fmt.Sprintf("user_created mina  key:%d", key.ID))
}
