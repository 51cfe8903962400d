package realtime_test

import (
	"testing"

	"github.com/coder/websocket"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/presence"
	"github.com/usherhq/usher/internal/realtime"
)

func TestUsersHearOfEachOther(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	jwt, _ := h.login(andrew)
	listener := h.enter(jwt, "ALL_USERS")
	h.eventually("Andrew is online", func() bool { return h.online(andrew) })
	georges, _ := h.login(george)
	first := h.enter(georges, "")
	body := listener.wantPresence(george, "online")
	if user := body["user"].(map[string]any); user["name"] != "George Alan" || user["status"] != "available" || body["timestamp"] == nil {
		t.Errorf("the frame tells %v", body)
	}
	// A second socket is no second coming.
	second := h.enter(georges, "")
	_ = first.Close(websocket.StatusNormalClosure, "User logged out")
	second.wantQuiet()
	listener.wantQuiet()
	_ = second.Close(websocket.StatusNormalClosure, "User logged out")
	listener.wantPresence(george, "offline")
	if h.online(george) {
		t.Error("George is still online in lists")
	}
}

func TestRevokingATokenEndsItsSockets(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	jwt, token := h.login(andrew)
	other, _ := h.login(andrew)
	doomed, kept := h.enter(jwt, ""), h.enter(other, "")
	if err := h.RevokeToken(t.Context(), h.operator(), andrew, token.Value); err != nil {
		t.Fatal(err)
	}
	doomed.wantEnd(realtime.Revoked)
	kept.wantQuiet()
	late := h.dial()
	late.write(authFrame(jwt, ""))
	late.wantEnd(realtime.Refused)
}

func TestEveryEndOfASessionEndsItsSockets(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(h *house, token identity.AuthToken) error{
		"flushed":     func(h *house, _ identity.AuthToken) error { return h.FlushTokens(t.Context(), h.operator(), andrew) },
		"deactivated": func(h *house, _ identity.AuthToken) error { return h.DeactivateUser(t.Context(), h.operator(), andrew) },
		"deleted":     func(h *house, _ identity.AuthToken) error { return h.DeleteUser(t.Context(), h.operator(), andrew) },
		"app deleted": func(h *house, _ identity.AuthToken) error {
			_, err := h.DeleteApp(t.Context(), identity.Caller{Management: true}, string(h.app.ID))
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			jwt, token := h.login(andrew)
			s := h.enter(jwt, "ALL_USERS")
			if err := end(h, token); err != nil {
				t.Fatal(err)
			}
			s.wantEnd(realtime.Revoked)
		})
	}
}

func TestSubscriptionsChooseWhomASocketHearsOf(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	role := "nurse"
	if _, err := h.CreateRole(t.Context(), h.operator(), role, identity.RoleChange{Name: &role}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.UpdateUser(t.Context(), h.operator(), nancy, identity.UserChange{Role: &role}); err != nil {
		t.Fatal(err)
	}
	jwt, _ := h.login(andrew)
	hears := map[string]*socket{
		"all": h.enter(jwt, "ALL_USERS"), "nurses": h.enter(jwt, "ROLES", role), "roles without a list": h.enter(jwt, "ROLES"),
		"none said": h.enter(jwt, ""), "none": h.enter(jwt, "NONE"), "friends": h.enter(jwt, "FRIENDS"),
	}
	georges, _ := h.login(george)
	h.enter(georges, "")
	for _, name := range []string{"all", "roles without a list"} {
		hears[name].wantPresence(george, "online")
	}
	nancys, _ := h.login(nancy)
	h.enter(nancys, "")
	for _, name := range []string{"all", "nurses", "roles without a list"} {
		hears[name].wantPresence(nancy, "online")
	}
	for _, name := range []string{"none said", "none", "friends"} {
		hears[name].wantQuiet()
	}
}

// A page that is loaded again closes its socket with 1001 and opens another one.
func TestAReloadDoesNotFlicker(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(_ *realtime.Config, tracking *presence.Config) { tracking.Grace = patience })
	jwt, _ := h.login(andrew)
	listener := h.enter(jwt, "ALL_USERS")
	georges, _ := h.login(george)
	page := h.enter(georges, "")
	listener.wantPresence(george, "online")
	for range 3 {
		_ = page.Close(websocket.StatusGoingAway, "")
		page = h.enter(georges, "")
	}
	_ = page.CloseNow()
	h.eventually("the loss is noticed", func() bool { return h.gateway.Sockets() == 1 })
	if !h.online(george) {
		t.Error("George went offline at once")
	}
	// A logout needs no patience.
	last := h.enter(georges, "")
	_ = last.Close(websocket.StatusNormalClosure, "User logged out")
	listener.wantPresence(george, "offline")
}
