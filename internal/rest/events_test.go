package rest_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Contract 9.59.
func TestTheEventLogTellsWhoDidWhatFromWhere(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	start := int64(a.must(http.MethodGet, "/events?limit=1000", byREST(), "").list()[0]["id"].(float64))
	last := a.must(http.MethodGet, "/events?limit=1000", byREST(), "").body["meta"].(map[string]any)["cursor"].(map[string]any)["after"].(float64)
	agent := byREST().with("User-Agent", "billing/1.4")
	a.must(http.MethodPost, "/users", agent, `{"uid":"mina","name":"Mina"}`)
	token := a.must(http.MethodPost, "/users/mina/auth_tokens", byAuthKey(), `{"platform":"WEB"}`).data()["authToken"].(string)
	a.must(http.MethodPut, "/me", byToken(token), "")
	a.must(http.MethodDelete, "/me", byToken(token), "")
	got := a.must(http.MethodGet, fmt.Sprintf("/events?after=%d", int64(last)), byREST(), "")
	kinds := []string{}
	for _, event := range got.list() {
		kinds = append(kinds, event["kind"].(string))
		if event["uid"] != "mina" || event["address"] != "127.0.0.1" || event["at"] != float64(noon.Unix()) || event["actor"] == "" {
			t.Errorf("event %v", event)
		}
	}
	want := []string{"user_created", "token_issued", "user_signed_in", "token_revoked", "user_signed_out"}
	if difference := cmp.Diff(want, kinds); difference != "" {
		t.Error(difference)
	}
	if got.list()[0]["userAgent"] != "billing/1.4" {
		t.Errorf("the user agent is %v", got.list()[0]["userAgent"])
	}
	// A cursor reads on, part by part, without a gap.
	seen, after := 0, start-1
	for {
		part := a.must(http.MethodGet, fmt.Sprintf("/events?after=%d&limit=3", after), byREST(), "")
		cursor := part.body["meta"].(map[string]any)["cursor"].(map[string]any)
		seen += len(part.list())
		after = int64(cursor["after"].(float64))
		if cursor["more"] != true {
			break
		}
	}
	if all := len(a.must(http.MethodGet, "/events?limit=1000", byREST(), "").list()); seen != all || seen < 6+len(want) {
		t.Errorf("read %d of %d events", seen, all)
	}
	for query, want := range map[string]int{"kind=user_signed_in": 1, "uid=MINA": 5, "uid=mina&kind=token_issued": 1, "kind=nothing": 0} {
		if got := len(a.must(http.MethodGet, "/events?"+query, byREST(), "").list()); got != want {
			t.Errorf("%s: %d events, want %d", query, got, want)
		}
	}
	for _, query := range []string{"after=-1", "after=x", "limit=0", "limit=1001", "uid=a%20b"} {
		a.refused(http.MethodGet, "/events?"+query, byREST(), "", "ERR_BAD_REQUEST", 400)
	}
}

// Contract 9.18, 9.21.
func TestATokenIsReadAndChangedByItself(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	path := "/users/" + andrew + "/auth_tokens/" + a.issue(andrew, byREST())
	got := a.must(http.MethodPut, path, byREST(), `{"platform":"IOS","userAgent":"app/1","appInfo":{"version":"1"}}`).data()
	if got["platform"] != "IOS" || got["userAgent"] != "app/1" || !cmp.Equal(got["appInfo"], map[string]any{"version": "1"}) {
		t.Errorf("changed to %v, %v, %v", got["platform"], got["userAgent"], got["appInfo"])
	}
	// The documents type appInfo as a text too (contract C10).
	a.must(http.MethodPut, path, byREST(), `{"appInfo":"{\"version\":\"2\"}"}`)
	got = a.must(http.MethodGet, path, byREST(), "").data()
	if got["platform"] != "IOS" || !cmp.Equal(got["appInfo"], map[string]any{"version": "2"}) {
		t.Errorf("is %v, %v", got["platform"], got["appInfo"])
	}
	for _, wrong := range []string{`{"appInfo":"text"}`, `{"appInfo":[1]}`, `{"appInfo":{"a":"` + letters(5200) + `"}}`} {
		a.refused(http.MethodPut, path, byREST(), wrong, "ERR_BAD_REQUEST", 400)
	}
	other := "/users/" + andrew + "/auth_tokens/" + a.issue(george, byREST())
	for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete} {
		a.refused(method, other, byREST(), "", "ERR_AUTHTOKEN_NOT_ACCESSIBLE", 403)
		a.refused(method, "/users/"+andrew+"/auth_tokens/"+unknownToken, byREST(), "", "ERR_AUTH_TOKEN_NOT_FOUND", 404)
	}
}
