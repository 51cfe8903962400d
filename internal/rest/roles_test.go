package rest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// Contract 9.22.
func TestARoleGoesThroughItsLife(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	at := float64(noon.Unix())
	want := map[string]any{
		"role": "tutor", "name": "Tutor", "description": "Teaches", "metadata": map[string]any{"a": float64(1)},
		"settings": map[string]any{"listUsers": "all", "sendMessagesTo": "friendsOnly"}, "createdAt": at, "updatedAt": at,
	}
	body := `{"role":"Tutor","name":"Tutor","description":"Teaches","metadata":{"a":1},"settings":{"listUsers":"all","sendMessagesTo":"friendsOnly"}}`
	if difference := cmp.Diff(want, a.must(http.MethodPost, "/roles", byREST(), body).data()); difference != "" {
		t.Error(difference)
	}
	a.refused(http.MethodPost, "/roles", byREST(), body, "ERR_ROLE_ALREADY_EXISTS", 400)
	if difference := cmp.Diff(want, a.must(http.MethodGet, "/roles/TUTOR", byREST(), "").data()); difference != "" {
		t.Error(difference)
	}
	got := a.must(http.MethodPut, "/roles/tutor", byREST(), `{"name":"Teacher","unset":["settings","description","metadata"]}`).data()
	if difference := cmp.Diff(map[string]any{"role": "tutor", "name": "Teacher", "createdAt": at, "updatedAt": at}, got); difference != "" {
		t.Error(difference)
	}
	list := a.must(http.MethodGet, "/roles", byREST(), "")
	if len(list.list()) != 2 || list.list()[0]["role"] != "default" {
		t.Errorf("the roles are %v", list.text)
	}
	a.must(http.MethodPost, "/users", byREST(), `{"uid":"mina","name":"Mina","role":"tutor"}`)
	if uids := a.must(http.MethodGet, "/users?role=tutor", byREST(), "").list(); len(uids) != 1 || uids[0]["uid"] != "mina" {
		t.Errorf("the users of the role are %v", uids)
	}
	a.must(http.MethodDelete, "/roles/tutor", byREST(), "")
	a.refused(http.MethodGet, "/roles/tutor", byREST(), "", "ERR_ROLE_NOT_FOUND", 404)
	if role := a.must(http.MethodGet, "/users/mina", byREST(), "").data()["role"]; role != "default" {
		t.Errorf("after its role was deleted, the user's is %v", role)
	}
	a.refused(http.MethodPut, "/users/mina", byREST(), `{"role":"tutor"}`, "ERR_BAD_REQUEST", 400)
}

// Contract 9.22.
func TestTheDefaultRoleIsProtected(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.refused(http.MethodDelete, "/roles/Default", byREST(), "", "ERR_ROLE_DELETE_DENIED", 403)
	for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete} {
		a.refused(method, "/roles/nothing", byREST(), "", "ERR_ROLE_NOT_FOUND", 404)
	}
}

// Contract 9.22, 9.29.
func TestAnAppHasAtMost25Roles(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for i := range 24 {
		a.must(http.MethodPost, "/roles", byREST(), fmt.Sprintf(`{"role":"role-%d","name":"Role"}`, i))
	}
	a.refused(http.MethodPost, "/roles", byREST(), `{"role":"more","name":"More"}`, "ERR_PLAN_QUOTA_RESTRICTION", 403)
}

func TestWrongRolesAreRefusedFieldByField(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	long := strings.Repeat("a", 256)
	for field, body := range map[string]string{
		"role":        `{"role":"a b","name":"A"}`,
		"name":        `{"role":"a"}`,
		"description": `{"role":"a","name":"A","description":"` + long + `"}`,
		"metadata":    `{"role":"a","name":"A","metadata":[]}`,
		"settings":    `{"role":"a","name":"A","settings":{"listUsers":"some"}}`,
		"unset":       `{"role":"a","name":"A","unset":["name"]}`,
	} {
		unchanged(t, a, func() {
			t.Helper()
			got := a.refused(http.MethodPost, "/roles", byREST(), body, "ERR_BAD_REQUEST", 400)
			failure, _ := got.body["error"].(map[string]any)
			if details, _ := failure["details"].(map[string]any); details[field] == nil {
				t.Errorf("%s: details are %v", field, failure["details"])
			}
		})
	}
}

// Contract 9.22.
func TestARoleMayBeWithoutFeatures(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	const path = "/roles/default/restrictedfeatures"
	token := a.issue(andrew, byREST())
	features := func(method, body string) []any {
		t.Helper()
		list, _ := a.must(method, path, byREST(), body).data()["restrictedFeatures"].([]any)
		return list
	}
	want := func(what string, got []any, want ...any) {
		t.Helper()
		if !cmp.Equal(got, want, cmpopts.EquateEmpty()) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	want("at first", features(http.MethodGet, ""))
	want("restricted", features(http.MethodPost, `{"featuresToRestrict":["u.listUsers","g.create","u.listUsers"]}`), "g.create", "u.listUsers")
	a.refused(http.MethodGet, "/users", byToken(token), "", "AUTH_ERR_NO_ACCESS", 403)
	a.must(http.MethodGet, "/users", byREST(), "")
	a.must(http.MethodPut, "/roles/default", byREST(), `{"name":"Everybody","settings":{"listUsers":"all"}}`)
	want("allowed", features(http.MethodDelete, `{"featuresToAllow":["u.listUsers"]}`), "g.create")
	a.must(http.MethodGet, "/users", byToken(token), "")
	want("all allowed", features(http.MethodDelete, `{"allowAll":true}`))
	for _, body := range []string{`{}`, `{"featuresToRestrict":[]}`, `{"featuresToRestrict":["u list"]}`, `{"featuresToRestrict":[7]}`} {
		a.refused(http.MethodPost, path, byREST(), body, "ERR_BAD_REQUEST", 400)
	}
	a.refused(http.MethodDelete, path, byREST(), `{}`, "ERR_BAD_REQUEST", 400)
	a.refused(http.MethodGet, "/roles/tutor/restrictedfeatures", byREST(), "", "ERR_ROLE_NOT_FOUND", 404)
}
