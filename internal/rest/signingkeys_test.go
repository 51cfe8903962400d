package rest_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAnOperatorSeesAndRotatesTheSigningKeys(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	now, later := float64(noon.Unix()), float64(noon.Add(15*time.Minute).Unix())
	first := a.must(http.MethodGet, "/v3/signing_keys", byManager(), "").list()
	if len(first) != 1 || !cmp.Equal(first[0], map[string]any{"id": first[0]["id"], "state": "signing", "createdAt": now, "signsFrom": now}) {
		t.Fatalf("at first: %v", first)
	}
	next := a.must(http.MethodPost, "/v3/signing_keys", byManager(), `{}`).data()
	if !cmp.Equal(next, map[string]any{"id": next["id"], "state": "next", "createdAt": now, "signsFrom": later}) {
		t.Errorf("rotated: %v", next)
	}
	a.refused(http.MethodPost, "/signing_keys", byManager(), `{"now":false}`, "ERR_BAD_REQUEST", 400)
	atOnce := a.must(http.MethodPost, "/signing_keys", byManager(), `{"now":true}`).data()
	if atOnce["state"] != "signing" || atOnce["signsFrom"] != now {
		t.Errorf("rotated at once: %v", atOnce)
	}
	removed := float64(noon.Add(60*24*time.Hour + time.Minute).Unix())
	want := []map[string]any{
		{"id": first[0]["id"], "state": "verifying", "createdAt": now, "signsFrom": now, "removedAt": removed},
		{"id": atOnce["id"], "state": "signing", "createdAt": now, "signsFrom": now},
		{"id": next["id"], "state": "next", "createdAt": now, "signsFrom": later},
	}
	if difference := cmp.Diff(want, a.must(http.MethodGet, "/signing_keys", byManager(), "").list()); difference != "" {
		t.Error(difference)
	}
	token := a.issue(andrew, byREST())
	a.verified(a.must(http.MethodGet, "/me", byToken(token), "").data()["jwt"].(string))
}

func TestOnlyTheOperatorReachesTheSigningKeys(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		a.refused(method, "/signing_keys", byREST(), "", "AUTH_ERR_EMPTY_AUTH_HEADER", 401)
		a.refused(method, "/signing_keys", byManager().with("secret", "wrong"), "", "AUTH_ERR_INVALID_AUTH_HEADER", 401)
	}
	for _, body := range []string{`{"now":1}`, `{"now":"yes"}`, `[]`, `{`} {
		a.refused(http.MethodPost, "/signing_keys", byManager(), body, "ERR_BAD_REQUEST", 400)
	}
	if keys := a.must(http.MethodGet, "/signing_keys", byManager(), "").list(); len(keys) != 1 {
		t.Errorf("a refused request left %d keys", len(keys))
	}
}
