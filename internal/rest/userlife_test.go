package rest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Contract 9.12, 9.13, 9.14.
func TestADeactivatedUserIsGoneAndItsTokensStayDead(t *testing.T) {
	t.Parallel()
	for name, deactivate := range map[string]func(a *api){
		"one": func(a *api) {
			got := a.must(http.MethodDelete, "/users/"+andrew, byREST(), "").data()["message"]
			if got != "User with cometchat-uid-1 has been deleted successfully." {
				a.t.Errorf("message is %v", got)
			}
		},
		"several": func(a *api) {
			got := a.must(http.MethodDelete, "/users", byREST(), `{"uidsToDeactivate":["nobody","CometChat-UID-1"]}`).data()
			if difference := cmp.Diff(map[string]any{"deactivatedUids": []any{andrew}}, got); difference != "" {
				a.t.Error(difference)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t)
			token := byToken(a.issue(andrew, byREST()))
			a.must(http.MethodGet, "/me", token, "")
			deactivate(a)
			a.refused(http.MethodGet, "/me", token, "", "AUTH_ERR_AUTH_TOKEN_NOT_FOUND", 401)
			a.refused(http.MethodGet, "/users/"+andrew, byREST(), "", "ERR_UID_NOT_FOUND", 404)
			a.refused(http.MethodDelete, "/users/"+andrew, byREST(), "", "ERR_UID_NOT_FOUND", 404)
			a.refused(http.MethodPost, "/users", byREST(), `{"uid":"`+andrew+`","name":"Again"}`, "ERR_UID_ALREADY_EXISTS", 400)
			listed := a.must(http.MethodGet, "/users?onlyDeactivated=true", byREST(), "")
			if got := uidsOf(listed); !cmp.Equal(got, []string{andrew}) || listed.list()[0]["deactivatedAt"] != float64(noon.Unix()) {
				t.Errorf("the deactivated are %v", listed.text)
			}
			if got := len(a.must(http.MethodGet, "/users?withDeactivated=true", byREST(), "").list()); got != 5 {
				t.Errorf("with the deactivated there are %d", got)
			}
			client := byToken(a.issue(george, byREST()))
			if got := len(a.must(http.MethodGet, "/users?withDeactivated=true", client, "").list()); got != 4 {
				t.Errorf("a client sees %d", got)
			}
			active := a.must(http.MethodPut, "/users", byREST(), `{"uidsToActivate":["cometchat-uid-1","cometchat-uid-2","nobody"]}`).data()
			if difference := cmp.Diff(map[string]any{"nonDeactivatedUids": []any{andrew, george}}, active); difference != "" {
				t.Error(difference)
			}
			a.refused(http.MethodGet, "/me", token, "", "AUTH_ERR_AUTH_TOKEN_NOT_FOUND", 401)
			a.must(http.MethodGet, "/me", byToken(a.issue(andrew, byREST())), "")
		})
	}
}

// Contract 9.13.
func TestAUserRemovedForGoodLeavesOnlyItsUID(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	token := byToken(a.issue(andrew, byREST()))
	a.must(http.MethodPost, "/users/"+andrew+"/blockedusers", byREST(), `{"blockedUids":["cometchat-uid-2"]}`)
	a.must(http.MethodPut, "/users/"+andrew, byREST(), `{"tags":["x"]}`)
	a.must(http.MethodDelete, "/users/"+andrew, byREST(), "")
	a.must(http.MethodDelete, "/users/"+andrew, byREST(), `{"permanent":true}`)
	a.refused(http.MethodDelete, "/users/"+andrew, byREST(), `{"permanent":true}`, "ERR_UID_NOT_FOUND", 404)
	// Thread 1 of what users ask for: made anew, the user must have nothing of the old one.
	a.must(http.MethodPost, "/users", byREST(), `{"uid":"`+andrew+`","name":"New"}`)
	a.refused(http.MethodGet, "/me", token, "", "AUTH_ERR_AUTH_TOKEN_NOT_FOUND", 401)
	if got := a.must(http.MethodGet, "/users/"+andrew+"/auth_tokens", byREST(), "").list(); len(got) != 0 {
		t.Errorf("%d tokens", len(got))
	}
	if got := a.must(http.MethodGet, "/users/"+andrew+"/blockedusers", byREST(), "").list(); len(got) != 0 {
		t.Errorf("%d blocks", len(got))
	}
	if got := a.must(http.MethodGet, "/users?tags=x", byREST(), "").list(); len(got) != 0 {
		t.Errorf("%d users have the tag", len(got))
	}
}

// Contract 9.8.
func TestANewUserCanComeWithAToken(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	got := a.must(http.MethodPost, "/users", byREST(), `{"uid":"Mina","name":"Mina","withAuthToken":true}`).data()
	token, _ := got["authToken"].(string)
	if me := a.must(http.MethodGet, "/me", byToken(token), "").data()["uid"]; me != "mina" {
		t.Errorf("the token is of %v", me)
	}
}

// Contract 9.45.
func TestAUserChangesItsOwnProfileButNotItsRole(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.must(http.MethodPost, "/roles", byREST(), `{"role":"admin","name":"Admin"}`)
	token := byToken(a.issue(andrew, byREST()))
	// As updateCurrentUserDetails of the official SDK sends it.
	got := a.must(http.MethodPut, "/me", token, `{"uid":"cometchat-uid-2","name":"Andy","role":"admin","tags":["x"],`+
		`"metadata":{"a":1},"hasBlockedMe":false,"blockedByMe":false,"deactivatedAt":0}`).data()
	if got["uid"] != andrew || got["name"] != "Andy" || got["role"] != "default" || got["authToken"] != token["authToken"] || got["settings"] == nil {
		t.Errorf("answered %v", got["name"])
	}
	if stored := a.must(http.MethodGet, "/users/"+andrew, byREST(), "").data(); stored["name"] != "Andy" || stored["role"] != "default" {
		t.Errorf("stored %v", stored)
	}
	if other := a.must(http.MethodGet, "/users/"+george, byREST(), "").data()["name"]; other != "George Alan" {
		t.Errorf("the other user is %v", other)
	}
	unchanged(t, a, func() {
		a.refused(http.MethodPut, "/me", token, `{"name":""}`, "ERR_BAD_REQUEST", 400)
	})
}

// Contract 9.11.
func TestListsAreChosenByEveryDocumentedFilter(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.must(http.MethodPost, "/roles", byREST(), `{"role":"tutor","name":"Tutor"}`)
	a.must(http.MethodPost, "/users", byREST(), `{"uid":"ann-1","name":"Zoë","role":"tutor","tags":["red","blue"]}`)
	a.must(http.MethodPost, "/users", byREST(), `{"uid":"zed","name":"Ärnie","tags":["blue"]}`)
	for query, want := range map[string][]string{
		"searchKey=AN":                             {andrew, "ann-1"},
		"searchKey=an&searchIn=uid":                {"ann-1"},
		"searchKey=an&searchIn=name":               {andrew},
		"searchKey=an&searchIn=uid,name":           {andrew, "ann-1"},
		"searchKey=z&sortBy=uid":                   {"ann-1", "zed"},
		"searchKey=%C3%84r":                        {"zed"},
		"searchKey=%C3%A4R":                        {"zed"},
		"searchKey=%25":                            {},
		"role=Tutor":                               {"ann-1"},
		"roles=tutor,nobody":                       {"ann-1"},
		"tags=red":                                 {"ann-1"},
		"tags=blue,green&sortBy=uid":               {"ann-1", "zed"},
		"tags=blue&roles=default":                  {"zed"},
		"uids=zed,ANN-1,none&sortBy=uid":           {"ann-1", "zed"},
		"uids=zed,ann-1&sortBy=uid&sortOrder=desc": {"zed", "ann-1"},
		"status=available":                         {},
		"status=offline&uids=zed":                  {"zed"},
		"onlyDeactivated=1":                        {},
	} {
		if difference := cmp.Diff(want, uidsOf(a.must(http.MethodGet, "/users?"+query, byREST(), ""))); difference != "" {
			t.Errorf("%s: %s", query, difference)
		}
	}
	if got := a.must(http.MethodGet, "/users?count=true&tags=blue", byREST(), "").data()["count"]; got != float64(2) {
		t.Errorf("count is %v", got)
	}
	many := "uids=a" + strings.Repeat(",a", 25)
	for _, query := range []string{"sortBy=age", "sortOrder=up", "status=busy", "searchIn=metadata", "searchKey=%00", "uids=a%20b", "roles=a%20b", many} {
		a.refused(http.MethodGet, "/users?"+query, byREST(), "", "ERR_BAD_REQUEST", 400)
	}
}
