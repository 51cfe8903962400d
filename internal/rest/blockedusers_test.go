package rest_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	george = "cometchat-uid-2"
	nancy  = "cometchat-uid-3"
)

// uidsOf gives the uids of a list, in order.
func uidsOf(got reply) []string {
	uids := []string{}
	for _, user := range got.list() {
		uids = append(uids, user["uid"].(string))
	}
	return uids
}

// Contract 9.9, 9.23.
func TestBlocksAreSeenFromBothSides(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	mine, theirs := byToken(a.issue(andrew, byREST())), byToken(a.issue(george, byREST()))
	outcomes := a.must(http.MethodPost, "/blockedusers", mine, `{"blockedUids":["CometChat-UID-2","nobody"]}`).data()
	for uid, want := range map[string]bool{"CometChat-UID-2": true, "nobody": false} {
		if outcome, _ := outcomes[uid].(map[string]any); outcome["success"] != want {
			t.Errorf("%s: %v", uid, outcomes[uid])
		}
	}
	at := float64(noon.Unix())
	for _, test := range []struct {
		name      string
		by        headers
		uid       string
		blockedBy any
		blocksMe  bool
	}{
		{"who blocks", mine, george, at, false},
		{"who is blocked", theirs, andrew, nil, true},
		{"a back end for who blocks", byREST().with("onBehalfOf", andrew), george, at, false},
		{"somebody else", mine, nancy, nil, false},
	} {
		got := a.must(http.MethodGet, "/users/"+test.uid, test.by, "").data()
		if got["blockedByMeAt"] != test.blockedBy || got["blockedByMe"] != (test.blockedBy != nil) || got["hasBlockedMe"] != test.blocksMe {
			t.Errorf("%s sees %v", test.name, got)
		}
	}
	if _, ok := a.must(http.MethodGet, "/users/"+george, byREST(), "").data()["blockedByMe"]; ok {
		t.Error("without a viewer there is a relation")
	}
	for path, want := range map[string][]string{
		"/blockedusers":                        {george},
		"/blockedusers?direction=blockedByMe":  {george},
		"/blockedusers?direction=hasBlockedMe": {},
		"/users?hideBlockedUsers=1&sortBy=uid": {andrew, nancy, "cometchat-uid-4", "cometchat-uid-5"},
	} {
		if difference := cmp.Diff(want, uidsOf(a.must(http.MethodGet, path, mine, ""))); difference != "" {
			t.Errorf("%s: %s", path, difference)
		}
	}
	if got := uidsOf(a.must(http.MethodGet, "/users/"+george+"/blockedusers", byREST(), "")); !cmp.Equal(got, []string{andrew}) {
		t.Errorf("who is blocked by whom, to a back end: %v", got)
	}
	a.must(http.MethodDelete, "/blockedusers", mine, `{"blockedUids":["cometchat-uid-2"]}`)
	if got := uidsOf(a.must(http.MethodGet, "/blockedusers", mine, "")); len(got) != 0 {
		t.Errorf("after unblocking: %v", got)
	}
}

// Contract 9.23.
func TestNobodyBlocksItself(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	unchanged(t, a, func() {
		body := `{"blockedUids":["cometchat-uid-2","COMETCHAT-UID-1"]}`
		a.refused(http.MethodPost, "/users/"+andrew+"/blockedusers", byREST(), body, "ERR_CANNOT_BLOCK_SELF", 400)
		a.refused(http.MethodPost, "/users/"+andrew+"/blockedusers", byREST(), `{"blockedUids":[]}`, "ERR_BAD_REQUEST", 400)
		a.refused(http.MethodGet, "/users/"+andrew+"/blockedusers?direction=up", byREST(), "", "ERR_BAD_REQUEST", 400)
	})
}
