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

func TestAnOperatorWithdrawsAStolenKey(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	token := a.issue(andrew, byREST())
	jwtNow := func() string { return a.must(http.MethodGet, "/me", byToken(token), "").data()["jwt"].(string) }
	stolen := jwtNow()
	key := a.must(http.MethodGet, "/signing_keys", byManager(), "").list()[0]["id"].(string)
	active := func(jwt string) any { return a.introspected(jwt)["active"] }
	if active(stolen) != true {
		t.Fatal("the JWT is not good at first")
	}
	if answer := a.must(http.MethodDelete, "/v3/signing_keys/"+key, byManager(), "").data(); answer["success"] != true {
		t.Errorf("withdrawn: %v", answer)
	}
	if active(stolen) != false {
		t.Error("introspection still takes what the key signed")
	}
	fresh := jwtNow()
	a.verified(fresh)
	if active(fresh) != true {
		t.Error("the next JWT is not good")
	}
	left := a.must(http.MethodGet, "/signing_keys", byManager(), "").list()
	if len(left) != 1 || left[0]["id"] == key || left[0]["state"] != "signing" {
		t.Errorf("the keys are %v", left)
	}
	for _, unknown := range []string{key, "no-such-key", "%00", "a%2Fb"} {
		a.refused(http.MethodDelete, "/signing_keys/"+unknown, byManager(), "", "ERR_SIGNING_KEY_NOT_FOUND", 404)
	}
}

func TestOnlyTheOperatorReachesTheSigningKeys(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		a.refused(method, "/signing_keys", byREST(), "", "AUTH_ERR_EMPTY_AUTH_HEADER", 401)
		a.refused(method, "/signing_keys", byManager().with("secret", "wrong"), "", "AUTH_ERR_INVALID_AUTH_HEADER", 401)
	}
	a.refused(http.MethodDelete, "/signing_keys/any", byREST(), "", "AUTH_ERR_EMPTY_AUTH_HEADER", 401)
	for _, body := range []string{`{"now":1}`, `{"now":"yes"}`, `[]`, `{`} {
		a.refused(http.MethodPost, "/signing_keys", byManager(), body, "ERR_BAD_REQUEST", 400)
	}
	if keys := a.must(http.MethodGet, "/signing_keys", byManager(), "").list(); len(keys) != 1 {
		t.Errorf("a refused request left %d keys", len(keys))
	}
}
