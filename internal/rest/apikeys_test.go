package rest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func (a *api) newKey(body string) string {
	a.t.Helper()
	key, _ := a.must(http.MethodPost, "/apikeys", byREST(), body).data()["apiKey"].(string)
	a.isSecret(key)
	return key
}

// Contract 9.2, 9.3.
func TestANewKeyWorksWithItsScope(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	full := headers{"apikey": a.newKey(`{"name":"Billing","scope":"fullAccess"}`)}
	auth := headers{"apikey": a.newKey(`{"name":"App"}`)}
	a.must(http.MethodGet, "/users", full, "")
	a.refused(http.MethodGet, "/users", auth, "", "AUTH_ERR_NO_ACCESS", 403)
	a.must(http.MethodPost, "/users/"+andrew+"/auth_tokens", auth, "")
	got := a.must(http.MethodGet, "/apikeys/"+auth["apikey"], byREST(), "").data()
	if got["scope"] != "authOnly" || got["apiKey"] != auth["apikey"] || len(auth["apikey"]) != 40 {
		t.Errorf("the key without a scope is %v", got["scope"])
	}
}

// Contract 9.2, 9.4.
func TestKeysAreListedWithTheirValuesAndFilters(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	spare := a.newKey(`{"name":"Spare 100%","scope":"fullAccess"}`)
	for query, want := range map[string][]string{
		"":                               {authKey, restKey, spare},
		"?scope=authOnly":                {authKey},
		"?scope=fullAccess":              {restKey, spare},
		"?searchKey=KEY":                 {authKey, restKey},
		"?searchKey=100%25":              {spare},
		"?searchKey=1_0":                 {},
		"?perPage=1&page=2":              {restKey},
		"?scope=authOnly&searchKey=rest": {},
	} {
		values := []string{}
		for _, key := range a.must(http.MethodGet, "/apikeys"+query, byREST(), "").list() {
			values = append(values, key["apiKey"].(string))
		}
		if difference := cmp.Diff(want, values); difference != "" {
			t.Errorf("%q: %s", query, difference)
		}
	}
	a.refused(http.MethodGet, "/apikeys?scope=all", byREST(), "", "ERR_BAD_REQUEST", 400)
}

// Contract 9.5.
func TestAKeyCannotChangeItself(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.refused(http.MethodPut, "/apikeys/"+restKey, byREST(), `{"name":"Mine"}`, "ERR_APIKEY_NO_SELF_ACTION", 403)
	a.refused(http.MethodDelete, "/apikeys/"+restKey, byREST(), "", "ERR_APIKEY_NO_SELF_ACTION", 403)
	for _, unknown := range []string{"0123456789012345678901234567890123456789", "x", "a%20b"} {
		a.refused(http.MethodGet, "/apikeys/"+unknown, byREST(), "", "ERR_APIKEY_NOT_FOUND", 404)
		a.refused(http.MethodPut, "/apikeys/"+unknown, byREST(), `{}`, "ERR_APIKEY_NOT_FOUND", 404)
		a.refused(http.MethodDelete, "/apikeys/"+unknown, byREST(), "", "ERR_APIKEY_NOT_FOUND", 404)
	}
}

// Contract 9.2.
func TestADisabledOrDeletedKeyIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	spare := a.newKey(`{"name":"Spare","scope":"fullAccess"}`)
	by := headers{"apikey": spare}
	a.must(http.MethodGet, "/users", by, "")
	if got := a.must(http.MethodPut, "/apikeys/"+spare, byREST(), `{"disabled":true}`).data(); got["disabled"] != true {
		t.Errorf("answered %v", got["disabled"])
	}
	a.refused(http.MethodGet, "/users", by, "", "AUTH_ERR_APIKEY_NOT_FOUND", 401)
	a.must(http.MethodPut, "/apikeys/"+spare, byREST(), `{"disabled":false,"scope":"authOnly","name":"Less"}`)
	a.refused(http.MethodGet, "/users", by, "", "AUTH_ERR_NO_ACCESS", 403)
	a.must(http.MethodDelete, "/apikeys/"+spare, byREST(), "")
	a.refused(http.MethodGet, "/users", by, "", "AUTH_ERR_APIKEY_NOT_FOUND", 401)
	a.refused(http.MethodGet, "/apikeys/"+spare, byREST(), "", "ERR_APIKEY_NOT_FOUND", 404)
}

// Contract 9.5, 9.29.
func TestAnAppHasAtMost25Keys(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for range 23 {
		a.newKey(`{"name":"One more"}`)
	}
	a.refused(http.MethodPost, "/apikeys", byREST(), `{"name":"Too many"}`, "ERR_PLAN_QUOTA_RESTRICTION", 403)
}

func TestWrongKeysAreRefusedFieldByField(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for _, body := range []string{`{}`, `{"name":""}`, `{"name":"` + strings.Repeat("a", 101) + `"}`, `{"name":"A","scope":"all"}`, `{"name":"A\u0000"}`} {
		unchanged(t, a, func() {
			t.Helper()
			a.refused(http.MethodPost, "/apikeys", byREST(), body, "ERR_BAD_REQUEST", 400)
		})
	}
}

func TestWhenAKeyWasUsedIsSeen(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	spare := a.newKey(`{"name":"Spare","scope":"fullAccess"}`)
	a.must(http.MethodGet, "/users", headers{"apikey": spare}, "")
	if err := a.service.WriteKeyUses(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := a.must(http.MethodGet, "/apikeys/"+spare, byREST(), "").data()["lastUsedAt"]; got != float64(noon.Unix()) {
		t.Errorf("lastUsedAt is %v", got)
	}
}
