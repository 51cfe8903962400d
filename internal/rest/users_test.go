package rest_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Contract 9.7.
func TestCreateUserAnswersTheUserObject(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	got := a.must(http.MethodPost, "/v3/users", byREST(), `{
		"uid": "Mina-42", "name": "Mina Okafor", "avatar": "https://img.example.org/m.png", "link": "https://example.org/mina",
		"statusMessage": "hello", "metadata": {"team": "blue", "@private": {"email": "mina@example.org"}}, "tags": ["pilot", "pilot"]}`)
	want := map[string]any{
		"uid": "mina-42", "name": "Mina Okafor", "avatar": "https://img.example.org/m.png", "link": "https://example.org/mina",
		"role": "default", "status": "offline", "statusMessage": "hello",
		"metadata": map[string]any{"team": "blue", "@private": map[string]any{"email": "mina@example.org"}},
		"tags":     []any{"pilot"}, "createdAt": float64(noon.Unix()), "updatedAt": float64(noon.Unix()),
	}
	if difference := cmp.Diff(want, got.data()); difference != "" {
		t.Error(difference)
	}
}

// Contract 9.7.
func TestAUIDIsTakenInEveryLetterCase(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.deactivate("cometchat-uid-2")
	for _, uid := range []string{andrew, "CometChat-UID-1", "cometchat-uid-2"} {
		unchanged(t, a, func() {
			t.Helper()
			a.refused(http.MethodPost, "/users", byAuthKey(), `{"uid":"`+uid+`","name":"Again"}`, "ERR_UID_ALREADY_EXISTS", 400)
		})
	}
}

func TestUsersAreFoundInEveryLetterCase(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	if got := a.must(http.MethodGet, "/users/COMETCHAT-uid-1", byREST(), "").data()["uid"]; got != andrew {
		t.Errorf("uid is %v", got)
	}
}

// Contract 9.10.
func TestUpdateUserChangesWhatIsSentAndNothingElse(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.must(http.MethodPut, "/users/"+andrew, byAuthKey(), `{"avatar":"https://a.example/a.png","metadata":{"a":1},"tags":["x"]}`)
	a.must(http.MethodPut, "/users/"+andrew, byAuthKey(), `{"uid":"other","name":"Andy","role":null,"metadata":null}`)
	want := map[string]any{
		"uid": andrew, "name": "Andy", "avatar": "https://a.example/a.png", "role": "default", "status": "offline",
		"metadata": map[string]any{"a": float64(1)}, "tags": []any{"x"},
		"createdAt": float64(noon.Unix()), "updatedAt": float64(noon.Unix()),
	}
	if difference := cmp.Diff(want, a.must(http.MethodGet, "/users/"+andrew, byREST(), "").data()); difference != "" {
		t.Error(difference)
	}
	a.must(http.MethodPut, "/users/"+andrew, byAuthKey(), `{"avatar":"","tags":[]}`)
	got := a.must(http.MethodGet, "/users/"+andrew, byREST(), "").data()
	if got["avatar"] != nil || got["tags"] != nil {
		t.Errorf("emptied fields are still there: %v", got)
	}
	a.must(http.MethodPut, "/users/"+andrew, byAuthKey(), `{"avatar":"https://a.example/a.png","link":"https://a.example/"}`)
	got = a.must(http.MethodPut, "/users/"+andrew, byAuthKey(), `{"unset":["avatar","link","metadata"]}`).data()
	if got["avatar"] != nil || got["link"] != nil || got["metadata"] != nil || got["name"] != "Andy" {
		t.Errorf("after unset: %v", got)
	}
	a.refused(http.MethodPut, "/users/"+andrew, byAuthKey(), `{"unset":["name"]}`, "ERR_BAD_REQUEST", 400)
}

// Contract 9.15.
func TestPrivateMetadataIsForFullAccessOnly(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	// The key can also be written with an escape.
	for _, key := range []string{"@private", `\u0040private`, `@pr\u0069vate`} {
		body := `{"name":"Andrew","metadata":{"team":"blue","` + key + `":{"email":"a@example.org"}}}`
		a.must(http.MethodPut, "/users/"+andrew, byREST(), body)
		// Who can't see it can neither change nor lose it.
		changed := `{"metadata":{"team":"blue","@private":{"email":"thief@example.org"}}}`
		byClient := a.must(http.MethodPut, "/users/"+andrew, byAuthKey(), changed).data()["metadata"]
		if difference := cmp.Diff(map[string]any{"team": "blue"}, byClient); difference != "" {
			t.Errorf("to an authOnly key: %s", difference)
		}
		byItself := a.must(http.MethodPut, "/me", byToken(a.issue(andrew, byREST())), changed).data()["metadata"]
		if difference := cmp.Diff(map[string]any{"team": "blue"}, byItself); difference != "" {
			t.Errorf("to the user itself: %s", difference)
		}
		token := a.issue("cometchat-uid-2", byREST())
		for _, path := range []string{"/users/" + andrew, "/users"} {
			got := a.must(http.MethodGet, path, byToken(token), "")
			view := got.data()
			if view == nil {
				view = got.list()[0]
			}
			if difference := cmp.Diff(map[string]any{"team": "blue"}, view["metadata"]); difference != "" {
				t.Errorf("GET %s to another user: %s", path, difference)
			}
		}
		full, _ := a.must(http.MethodGet, "/users/"+andrew, byREST(), "").data()["metadata"].(map[string]any)
		if difference := cmp.Diff(map[string]any{"email": "a@example.org"}, full["@private"]); difference != "" {
			t.Errorf("to a fullAccess key: %s", difference)
		}
	}
}

// Contract 9.28.
func TestUserListsHavePages(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.deactivate("cometchat-uid-3")
	for _, test := range []struct {
		query string
		uids  []string
		page  map[string]any
	}{
		// By name: Andrew, George, John, Susan.
		{"", []string{"1", "2", "5", "4"}, pagination(4, 4, 100, 1, 1)},
		{"?perPage=3", []string{"1", "2", "5"}, pagination(4, 3, 3, 1, 2)},
		{"?per_page=3&page=2", []string{"4"}, pagination(4, 1, 3, 2, 2)},
		{"?perPage=3&page=3", []string{}, pagination(4, 0, 3, 3, 2)},
		{"?perPage=1000&page=1000000000", []string{}, pagination(4, 0, 1000, 1_000_000_000, 1)},
	} {
		got := a.must(http.MethodGet, "/users"+test.query, byREST(), "")
		uids := []string{}
		for _, user := range got.list() {
			uids = append(uids, user["uid"].(string)[len("cometchat-uid-"):])
		}
		if difference := cmp.Diff(test.uids, uids); difference != "" {
			t.Errorf("%q: %s", test.query, difference)
		}
		if difference := cmp.Diff(map[string]any{"pagination": test.page}, got.body["meta"]); difference != "" {
			t.Errorf("%q: %s", test.query, difference)
		}
	}
}

func pagination(total, count, perPage, current, pages int) map[string]any {
	return map[string]any{
		"total": float64(total), "count": float64(count), "per_page": float64(perPage),
		"current_page": float64(current), "total_pages": float64(pages),
	}
}

// Contract 9.11.
func TestListsShowTagsOnlyWhenAskedFor(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.must(http.MethodPut, "/users/"+andrew, byREST(), `{"tags":["x"]}`)
	for query, want := range map[string]any{"": nil, "?withTags=false": nil, "?withTags=true": []any{"x"}, "?withTags=1": []any{"x"}} {
		got := a.must(http.MethodGet, "/users"+query, byREST(), "").list()[0]["tags"]
		if difference := cmp.Diff(want, got); difference != "" {
			t.Errorf("%q: %s", query, difference)
		}
	}
}

// Contract 9.55.
func TestNoUserObjectHoldsAToken(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	token := a.issue(andrew, byREST())
	for _, got := range []reply{
		a.must(http.MethodPost, "/users", byAuthKey(), `{"uid":"mina","name":"Mina"}`),
		a.must(http.MethodPut, "/users/"+andrew, byAuthKey(), `{"name":"A"}`),
		a.must(http.MethodGet, "/users/"+andrew, byToken(token), ""),
		a.must(http.MethodGet, "/users/"+andrew, byREST(), ""),
	} {
		// Rule of wire.md 0.4: it would replace the session of the SDK that reads it.
		if _, ok := got.data()["authToken"]; ok {
			t.Errorf("an authToken stands in %s", fmt.Sprint(got.data()))
		}
	}
}
