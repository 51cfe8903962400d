package chat_test

import (
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/usherhq/usher/sdk/go/chat"
	"github.com/usherhq/usher/sdk/go/internal/servertest"
	"github.com/usherhq/usher/sdk/go/usher"
)

// uids goes through a list to its end.
func uids(t *testing.T, list iter.Seq2[*usher.User, error]) []string {
	t.Helper()
	var got []string
	for user, err := range list {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, user.UID)
	}
	return got
}

func TestUsersPageByPage(t *testing.T) {
	t.Parallel()
	server, client := startIn(t)
	want := []string{"ann", "bob"}
	for i := range 5 {
		uid := fmt.Sprintf("guest-%d", i)
		want = append(want, uid)
		if _, err := client.CreateUser(t.Context(), usher.User{UID: uid, Name: "Guest"}, servertest.APIKey); err != nil {
			t.Fatal(err)
		}
	}
	server.Calls()
	list := client.Users(t.Context(), chat.UsersRequest{Limit: 3})
	for range 2 { // a list can be gone through again
		if diff := cmp.Diff(want, uids(t, list)); diff != "" {
			t.Errorf("users (-want +got):\n%s", diff)
		}
		wantCalls(t, server, "GET /users?page=1&per_page=3", "GET /users?page=2&per_page=3", "GET /users?page=3&per_page=3")
	}
	for _, err := range list {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	wantCalls(t, server, "GET /users?page=1&per_page=3")
	if got := uids(t, client.Users(t.Context(), chat.UsersRequest{SearchKeyword: "nobody"})); got != nil {
		t.Errorf("users = %v", got)
	}
}

func TestUsersSendsTheFiltersThatAreSet(t *testing.T) {
	t.Parallel()
	server, client := startIn(t)
	request := chat.UsersRequest{
		Limit: 30, SearchKeyword: "a&b", SearchIn: []string{"uid", "name"}, UserStatus: usher.StatusOnline,
		Roles: []string{"doctor", "nurse"}, UIDs: []string{"ann", "bob"}, Tags: []string{"pilot"},
		WithTags: true, HideBlockedUsers: true, SortBy: "name", SortDescending: true,
	}
	uids(t, client.Users(t.Context(), request))
	sent, err := url.Parse(server.Requests()[0].Path)
	if err != nil {
		t.Fatal(err)
	}
	want := url.Values{
		"page": {"1"}, "per_page": {"30"}, "searchKey": {"a&b"}, "searchIn": {"uid,name"}, "status": {"available"},
		"roles": {"doctor,nurse"}, "uids": {"ann,bob"}, "tags": {"pilot"}, "withTags": {"1"}, "hideBlockedUsers": {"1"},
		"sortBy": {"name"}, "sortOrder": {"desc"},
	}
	if diff := cmp.Diff(want, sent.Query()); diff != "" {
		t.Errorf("query (-want +got):\n%s", diff)
	}
}

func TestListsEndWithTheFirstError(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		hook servertest.Hook
		want usher.Code
		out  bool
	}{
		"HTML":          {raw(http.StatusOK, "<html>"), usher.CodeChatFailedToFetch, false},
		"dropped":       {drop, usher.CodeChatFailedToFetch, false},
		"null in it":    {raw(http.StatusOK, `{"data": [null]}`), usher.CodeChatFailedToFetch, false},
		"without a uid": {raw(http.StatusOK, `{"data": [{"name": "Bob"}]}`), usher.CodeChatFailedToFetch, false},
		"no list":       {raw(http.StatusOK, `{"data": {"uid": "bob"}}`), usher.CodeChatFailedToFetch, false},
		"refused":       {raw(http.StatusBadRequest, `{"error": {"code": "ERR_BAD_REQUEST"}}`), usher.CodeBadRequest, false},
		"verdict":       {raw(http.StatusUnauthorized, `{"error": {"code": "AUTH_ERR_AUTH_TOKEN_NOT_FOUND"}}`), usher.CodeUnknownAuthToken, true},
		"no verdict":    {raw(http.StatusUnauthorized, `{"error": {"code": "AUTH_ERR_EMPTY_AUTH_TOKEN"}}`), usher.CodeEmptyAuthToken, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := startIn(t)
			server.Before(test.hook)
			count := 0
			for user, err := range client.Users(t.Context(), chat.UsersRequest{}) {
				count++
				wantCode(t, err, test.want)
				if user != nil {
					t.Errorf("user = %v", user)
				}
			}
			if count != 1 {
				t.Errorf("%d rounds", count)
			}
			uid := "ann"
			if test.out {
				uid = ""
			}
			wantLoggedIn(t, client, uid)
		})
	}
}

func TestBlockedUsers(t *testing.T) {
	t.Parallel()
	server, client := startIn(t)
	other := newClient(t, server)
	login(t, other, "bob")
	outcomes, err := client.BlockUsers(t.Context(), []string{"bob", "nobody"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]chat.BlockOutcome{"bob": {Success: true, Message: "Answered."}, "nobody": {Message: "Answered."}}
	if diff := cmp.Diff(want, outcomes); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	lists := []struct {
		of        *chat.Client
		direction chat.BlockDirection
		want      []string
	}{
		{client, "", []string{"bob"}},
		{client, chat.BlockedByMe, []string{"bob"}},
		{client, chat.HasBlockedMe, nil},
		{other, chat.HasBlockedMe, []string{"ann"}},
		{other, chat.BlockedByMe, nil},
	}
	for _, list := range lists {
		got := uids(t, list.of.BlockedUsers(t.Context(), chat.BlockedUsersRequest{Limit: 5, Direction: list.direction}))
		if diff := cmp.Diff(list.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", list.direction, diff)
		}
	}
	if outcomes, err = client.UnblockUsers(t.Context(), []string{"bob"}); err != nil || !outcomes["bob"].Success {
		t.Errorf("UnblockUsers = %v, %v", outcomes, err)
	}
	if got := uids(t, client.BlockedUsers(t.Context(), chat.BlockedUsersRequest{})); got != nil {
		t.Errorf("still blocked: %v", got)
	}
	_, err = client.BlockUsers(t.Context(), []string{"ann"})
	wantCode(t, err, usher.CodeBlockSelf)
}

func TestBlockUsersRefusesBadArgumentsWithoutARequest(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		uids []string
		want usher.Code
	}{
		"none":       {nil, usher.CodeChatMissingParameters},
		"empty one":  {[]string{"bob", ""}, usher.CodeChatMissingParameters},
		"with space": {[]string{"bob", "a b"}, usher.CodeChatInvalidUID},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := startIn(t)
			_, err := client.BlockUsers(t.Context(), test.uids)
			wantCode(t, err, test.want)
			_, err = client.UnblockUsers(t.Context(), test.uids)
			wantCode(t, err, test.want)
			wantCalls(t, server)
		})
	}
}

func TestAListMayBeGoneThroughByManyAtOnce(t *testing.T) {
	t.Parallel()
	_, client := startIn(t)
	list := client.Users(t.Context(), chat.UsersRequest{Limit: 1})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			count := 0
			for range list { //nolint:errcheck // the count says it
				count++
			}
			if count != 2 {
				t.Errorf("%d users", count)
			}
		})
	}
	readers.Wait()
}
