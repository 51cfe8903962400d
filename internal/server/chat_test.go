package server_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/usherhq/usher/internal/server"
	"github.com/usherhq/usher/sdk/go/chat"
	"github.com/usherhq/usher/sdk/go/usher"
)

// The Go SDK's own tests have a server of theirs; what they take for granted is so here.
func TestTheChatPackageAsksAboutUsers(t *testing.T) {
	t.Parallel()
	running := start(t, server.Config{Dev: true})
	connections := new(http.Transport)
	t.Cleanup(connections.CloseIdleConnections)
	client, err := chat.New(chat.AppSettings{AppID: "usher-dev", Host: running.URL() + "/v3"},
		chat.WithStorage(usher.MemoryStorage()), chat.WithHTTPClient(&http.Client{Transport: connections}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	const key, me = "dev-auth-key", "cometchat-uid-1"
	ctx := t.Context()

	created, err := client.CreateUser(ctx, usher.User{UID: "Kevin", Name: "Kevin", Tags: []string{"pilot"}}, key)
	if err != nil || created.UID != "kevin" || created.Tags[0] != "pilot" {
		t.Fatalf("CreateUser = %+v, %v", created, err)
	}
	_, err = client.CreateUser(ctx, usher.User{UID: "nameless"}, key)
	if refusal, ok := errors.AsType[*usher.Error](err); !ok || refusal.Code != usher.CodeBadRequest || refusal.Details["name"] == nil {
		t.Errorf("CreateUser = %v", err)
	}
	changed, err := client.UpdateUser(ctx, "kevin", chat.UserChanges{StatusMessage: new("Flying"), Tags: []string{}}, key)
	if err != nil || changed.StatusMessage != "Flying" || changed.Tags != nil || changed.Name != "Kevin" {
		t.Errorf("UpdateUser = %+v, %v", changed, err)
	}

	if _, err := client.Login(ctx, me, key); err != nil {
		t.Fatal(err)
	}
	mine, err := client.UpdateCurrentUserDetails(ctx, chat.UserChanges{StatusMessage: new("Here"), Role: new("admin")})
	if err != nil || mine.StatusMessage != "Here" || mine.Role != "default" {
		t.Errorf("UpdateCurrentUserDetails = %+v, %v", mine, err)
	}
	if mine, err = client.UpdateCurrentUserDetails(ctx, chat.UserChanges{StatusMessage: new("")}); err != nil || mine.StatusMessage != "" {
		t.Errorf("UpdateCurrentUserDetails = %+v, %v", mine, err)
	}

	outcomes, err := client.BlockUsers(ctx, []string{"kevin", "nobody"})
	if err != nil || !outcomes["kevin"].Success || outcomes["nobody"].Success {
		t.Errorf("BlockUsers = %v, %v", outcomes, err)
	}
	if user, err := client.GetUser(ctx, "kevin"); err != nil || !user.BlockedByMe || user.HasBlockedMe {
		t.Errorf("GetUser = %+v, %v", user, err)
	}
	lists := map[string]struct {
		request chat.UsersRequest
		want    []string
	}{
		"by name, page by page": {
			chat.UsersRequest{Limit: 2, SortBy: "uid", SortDescending: true, HideBlockedUsers: true},
			[]string{"cometchat-uid-5", "cometchat-uid-4", "cometchat-uid-3", "cometchat-uid-2", me},
		},
		"by keyword": {chat.UsersRequest{SearchKeyword: "KEV", SearchIn: []string{"uid"}}, []string{"kevin"}},
		"by uid":     {chat.UsersRequest{UIDs: []string{"kevin", me}, SortBy: "uid"}, []string{me, "kevin"}},
		"by role":    {chat.UsersRequest{Roles: []string{"doctor"}, WithTags: true}, nil},
		"by status":  {chat.UsersRequest{UserStatus: usher.StatusOnline, Tags: []string{"pilot"}}, nil},
	}
	for name, list := range lists {
		var got []string
		for user, err := range client.Users(ctx, list.request) {
			if err != nil {
				t.Errorf("%s: %v", name, err)
				break
			}
			got = append(got, user.UID)
		}
		if diff := cmp.Diff(list.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	blocked := 0
	for user, err := range client.BlockedUsers(ctx, chat.BlockedUsersRequest{Direction: chat.BlockedByMe, Limit: 10}) {
		if err != nil || user.UID != "kevin" || !user.BlockedByMe {
			t.Errorf("BlockedUsers: %+v, %v", user, err)
		}
		blocked++
	}
	if blocked != 1 {
		t.Errorf("BlockedUsers gave %d", blocked)
	}
	if outcomes, err = client.UnblockUsers(ctx, []string{"kevin"}); err != nil || !outcomes["kevin"].Success {
		t.Errorf("UnblockUsers = %v, %v", outcomes, err)
	}
	_, err = client.BlockUsers(ctx, []string{me})
	if usher.CodeOf(err) != usher.CodeBlockSelf {
		t.Errorf("BlockUsers of oneself = %v", err)
	}
}
