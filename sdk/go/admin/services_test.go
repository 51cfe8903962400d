package admin_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"math"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/usherhq/usher/sdk/go/admin"
	"github.com/usherhq/usher/sdk/go/internal/servertest"
	"github.com/usherhq/usher/sdk/go/usher"
)

// What is part of a path would make another call; what is in a list must be what was meant.
func TestBadIDsAreNotSent(t *testing.T) {
	t.Parallel()
	client, management, requests := replying(t, http.StatusOK, `{"data": {}}`)
	ctx := t.Context()
	for name, test := range map[string]struct {
		err  error
		want usher.Code
	}{
		"role to get":        {failing(client.Roles.Get(ctx, "")), usher.CodeUnknownRole},
		"role to update":     {failing(client.Roles.Update(ctx, "..", admin.RoleChanges{})), usher.CodeUnknownRole},
		"role to delete":     {client.Roles.Delete(ctx, "a/b"), usher.CodeUnknownRole},
		"app to get":         {failing(management.Apps.Get(ctx, "")), usher.CodeUnknownApp},
		"app to update":      {failing(management.Apps.Update(ctx, "..", admin.AppChanges{})), usher.CodeUnknownApp},
		"app to delete":      {failing(management.Apps.Delete(ctx, "")), usher.CodeUnknownApp},
		"app to restore":     {failing(management.Apps.Restore(ctx, "a/b")), usher.CodeUnknownApp},
		"signing key":        {management.SigningKeys.Withdraw(ctx, "a/b"), usher.CodeUnknownSigningKey},
		"key to get":         {failing(client.APIKeys.Get(ctx, "")), usher.CodeAPIKeyNotFound},
		"key to update":      {failing(client.APIKeys.Update(ctx, "", admin.APIKeyChanges{})), usher.CodeAPIKeyNotFound},
		"key to delete":      {client.APIKeys.Delete(ctx, "a b"), usher.CodeAPIKeyNotFound},
		"user to delete":     {client.Users.Delete(ctx, ""), usher.CodeInvalidUID},
		"user to deactivate": {client.Users.Deactivate(ctx, ".."), usher.CodeInvalidUID},
		"users":              {failing(client.Users.DeactivateMany(ctx, "ann", "")), usher.CodeInvalidUID},
		"users to let in":    {failing(client.Users.Reactivate(ctx, "a b")), usher.CodeUIDWithSpace},
		"viewer of one":      {failing(client.Users.OnBehalfOf("").Get(ctx, "ann")), usher.CodeInvalidUID},
		"viewed":             {failing(client.Users.OnBehalfOf("ann").Get(ctx, "")), usher.CodeInvalidUID},
		"viewer of all":      {failing(client.Users.OnBehalfOf("").List(ctx, admin.UserListOptions{})), usher.CodeInvalidUID},
		"viewer who counts":  {failing(client.Users.OnBehalfOf("").Count(ctx, admin.UserListOptions{})), usher.CodeInvalidUID},
		"who blocks":         {failing(client.BlockedUsers.Block(ctx, "", "ann")), usher.CodeInvalidUID},
		"whom to block":      {failing(client.BlockedUsers.Block(ctx, "ann", "")), usher.CodeInvalidUID},
		"who blocked":        {failing(client.BlockedUsers.List(ctx, "", admin.BlockedListOptions{})), usher.CodeInvalidUID},
		"tokens":             {failing(client.AuthTokens.List(ctx, "", admin.ListOptions{})), usher.CodeInvalidUID},
		"token's owner":      {failing(client.AuthTokens.Get(ctx, "", servertest.Token)), usher.CodeInvalidUID},
		"introspected":       {failing(client.AuthTokens.Introspect(ctx, "")), usher.CodeBlankAuthToken},
		"token":              {failing(client.AuthTokens.Update(ctx, "ann", "", admin.Device{})), usher.CodeBlankAuthToken},
		"tag with a comma":   {failing(client.Users.List(ctx, admin.UserListOptions{Tags: []string{"a,b"}})), usher.CodeBadRequest},
		"tag to count":       {failing(client.Users.Count(ctx, admin.UserListOptions{Tags: []string{"a,b"}})), usher.CodeBadRequest},
	} {
		if got := usher.CodeOf(test.err); got != test.want {
			t.Errorf("%s: code = %q, want %q", name, got, test.want)
		}
	}
	if len(*requests) != 0 {
		t.Errorf("%d requests were sent", len(*requests))
	}
}

func TestAnswersAboutNothingAreUnusable(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"data": {}}`, `{"data": [null]}`, `{"data": [{}]}`} {
		client, management, _ := replying(t, http.StatusOK, body)
		ctx := t.Context()
		for name, err := range map[string]error{
			"role":          failing(client.Roles.Get(ctx, "tutor")),
			"roles":         failing(client.Roles.List(ctx, admin.ListOptions{})),
			"key":           failing(client.APIKeys.Get(ctx, "k")),
			"keys":          failing(client.APIKeys.List(ctx, admin.APIKeyListOptions{})),
			"app":           failing(management.Apps.Get(ctx, "app-1")),
			"apps":          failing(management.Apps.List(ctx, admin.AppListOptions{})),
			"tokens":        failing(client.AuthTokens.List(ctx, "ann", admin.ListOptions{})),
			"events":        failing(client.Events.List(ctx, admin.EventListOptions{})),
			"view":          failing(client.Users.OnBehalfOf("ann").Get(ctx, "bob")),
			"views":         failing(client.Users.OnBehalfOf("ann").List(ctx, admin.UserListOptions{})),
			"count":         failing(client.Users.Count(ctx, admin.UserListOptions{})),
			"with token":    func() error { _, _, err := client.Users.CreateWithAuthToken(ctx, admin.NewUser{}); return err }(),
			"introspection": failing(client.AuthTokens.Introspect(ctx, "t")),
			"signing key":   failing(management.SigningKeys.RotateNow(ctx)),
			"token alone":   failing(client.AuthTokens.Get(ctx, "ann", "t")),
		} {
			if !errors.Is(err, usher.ErrUnusableAnswer) {
				t.Errorf("%s from %s: error = %v", name, body, err)
			}
		}
	}
}

// 0 stands for ever: a time that is given must never become it.
func TestTimesToLiveAreWholeSecondsAndNeverForEver(t *testing.T) {
	t.Parallel()
	for length, want := range map[time.Duration]string{
		time.Minute: "60", 90*time.Second + 1: "91", time.Nanosecond: "1", -time.Nanosecond: "-1", math.MaxInt64: "9223372037",
	} {
		var bodies []string
		option := admin.WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			var body bytes.Buffer
			_, err := body.ReadFrom(r.Body)
			bodies = append(bodies, body.String())
			if err != nil {
				return nil, err
			}
			return refused(http.StatusBadRequest, usher.CodeBadRequest, "").give()
		})})
		client := must(admin.New(admin.Config{AppID: "app-1", Host: host, APIKey: "k"}, option))(t)
		_, err := client.AuthTokens.Issue(t.Context(), "ann", admin.IssueOptions{ExpiresIn: length})
		wantCode(t, err, usher.CodeBadRequest)
		management := must(admin.NewManagement(admin.ManagementConfig{Host: host, Key: "k", Secret: "s"}, option))(t)
		_, err = management.Apps.Update(t.Context(), "app-1", admin.AppChanges{Settings: admin.AppSettings{AuthTokenLifetime: &length}})
		wantCode(t, err, usher.CodeBadRequest)
		if diff := cmp.Diff([]string{`{"expiresIn":` + want + `}`, `{"authTokenLifetime":` + want + `}`}, bodies); diff != "" {
			t.Errorf("%v (-want +got):\n%s", length, diff)
		}
	}
}

func TestUserFilters(t *testing.T) {
	t.Parallel()
	for want, options := range map[string]admin.UserListOptions{
		"": {},
		"page=2&perPage=10&searchIn=uid%2Cname&searchKey=a+b": {Page: 2, PerPage: 10, SearchKey: "a b", SearchIn: []string{"uid", "name"}},
		"roles=tutor%2Clearner&status=available":              {Status: usher.StatusOnline, Roles: []string{"tutor", "learner"}},
		"status=offline&tags=a%2Cb&uids=ann&withTags=true":    {Status: usher.StatusOffline, Tags: []string{"a", "b"}, UIDs: []string{"ann"}, WithTags: true},
		"sortBy=name&sortOrder=desc&withDeactivated=true":     {Activity: admin.ActiveAndDeactivated, SortBy: "name", Descending: true},
		"hideBlockedUsers=true&onlyDeactivated=true":          {Activity: admin.Deactivated, HideBlocked: true},
	} {
		client, _, requests := replying(t, http.StatusOK, `{"data": []}`)
		must(client.Users.OnBehalfOf("ann").List(t.Context(), options))(t)
		request := (*requests)[0]
		if request.URL.RawQuery != want || request.Header.Get("onBehalfOf") != "ann" {
			t.Errorf("query = %s, want %s, on behalf of %q", request.URL.RawQuery, want, request.Header.Get("onBehalfOf"))
		}
		must(client.Users.List(t.Context(), options))(t)
		if viewer := (*requests)[1].Header.Get("onBehalfOf"); viewer != "" {
			t.Errorf("on behalf of %q", viewer)
		}
	}
}

func TestAllEventsFollowsTheCursor(t *testing.T) {
	t.Parallel()
	var asked []string
	pages := map[string]string{
		"":  `{"data": [{"id": 3}, {"id": 4}], "meta": {"cursor": {"after": 6, "more": true}}}`,
		"6": `{"data": [{"id": 7}], "meta": {"cursor": {"after": 7, "more": true}}}`,
		// One that stands still must not be asked for again and again.
		"7": `{"data": [], "meta": {"cursor": {"after": 7, "more": true}}}`,
	}
	option := admin.WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		after := r.URL.Query().Get("after")
		asked = append(asked, after)
		if r.URL.Query().Get("uid") == "eve" {
			return refused(http.StatusForbidden, usher.CodeNoAccess, "").give()
		}
		return reply{http.StatusOK, "", pages[after]}.give()
	})})
	client := must(admin.New(admin.Config{AppID: "app-1", Host: host, APIKey: "k"}, option))(t)
	var ids []int64
	for event, err := range client.Events.All(t.Context(), admin.EventListOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, event.ID)
	}
	if diff := cmp.Diff([]int64{3, 4, 7}, ids); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"", "6", "7"}, asked); diff != "" {
		t.Errorf("cursors (-want +got):\n%s", diff)
	}
	asked = nil
	for _, err := range client.Events.All(t.Context(), admin.EventListOptions{After: 6}) {
		if err != nil {
			t.Error(err)
		}
		break
	}
	for event, err := range client.Events.All(t.Context(), admin.EventListOptions{UID: "eve"}) {
		if wantCode(t, err, usher.CodeNoAccess); event != nil {
			t.Errorf("event = %v", event)
		}
	}
	if diff := cmp.Diff([]string{"6", ""}, asked); diff != "" {
		t.Errorf("cursors (-want +got):\n%s", diff)
	}
}

// Every list of the client has an iterator; each must go on to the next page, and carry its filters.
func TestIteratorsGoThroughAllPages(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	client, management := newClient(), newManagement()
	for range 3 {
		must(client.AuthTokens.Issue(ctx, andrew, admin.IssueOptions{Force: true}))(t)
	}
	for _, role := range []string{"b", "a"} {
		must(client.Roles.Create(ctx, admin.NewRole{ID: role, Name: role}))(t)
	}
	must(client.APIKeys.Create(ctx, admin.NewAPIKey{Name: "worker"}))(t)
	must(client.BlockedUsers.Block(ctx, andrew, george, "cometchat-uid-3", "cometchat-uid-4"))(t)
	observatory := rand.Text()
	for range 3 {
		must(management.Apps.Create(ctx, admin.NewApp{Name: observatory, SkipSampleData: true}))(t)
	}
	views := client.Users.OnBehalfOf(andrew)
	for name, test := range map[string]struct{ got, want int }{
		"users":  {counted(t, client.Users.All(ctx, admin.UserListOptions{PerPage: 2})), 5},
		"views":  {counted(t, views.All(ctx, admin.UserListOptions{PerPage: 1, HideBlocked: true})), 2},
		"tokens": {counted(t, client.AuthTokens.All(ctx, andrew, admin.ListOptions{PerPage: 2})), 3},
		"roles":  {counted(t, client.Roles.All(ctx, admin.ListOptions{PerPage: 1, Page: 2})), 2},
		"keys":   {counted(t, client.APIKeys.All(ctx, admin.APIKeyListOptions{PerPage: 1, Scope: admin.ScopeAuthOnly})), 2},
		"blocks": {counted(t, client.BlockedUsers.All(ctx, andrew, admin.BlockedListOptions{PerPage: 1, Direction: admin.BlockedByMe})), 3},
		"events": {counted(t, client.Events.All(ctx, admin.EventListOptions{Limit: 2, Kind: "user_created"})), 5},
		"apps":   {counted(t, management.Apps.All(ctx, admin.AppListOptions{PerPage: 1, SearchKey: observatory})), 3},
	} {
		if test.got != test.want {
			t.Errorf("%d %s, want %d", test.got, name, test.want)
		}
	}
}

func counted[T any](t *testing.T, all func(func(T, error) bool)) int {
	t.Helper()
	count := 0
	for _, err := range all {
		if err != nil {
			t.Fatal(err)
		}
		count++
	}
	return count
}

// The back end that calls has less time than the client's own limit.
func TestACallEndsWithItsContext(t *testing.T) {
	t.Parallel()
	client := newClient()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, err := range map[string]error{
		"do":     failing(client.Roles.List(ctx, admin.ListOptions{})),
		"health": client.Health.Ready(ctx),
	} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: error = %v", name, err)
		}
	}
}
