package identity_test

import (
	"testing"
	"time"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

func TestSetBlocked(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	mina := h.mina(t)
	oleg, ana := h.add(t, "oleg"), h.add(t, "ana")
	h.deactivate(t, h.add(t, "gone"))
	log := h.watch(t, h.app)
	text := func(failure *fault.Error) string { return failure.Message }
	done := func(uid, what string) identity.BlockOutcome {
		return identity.BlockOutcome{Success: true, Message: "The user " + uid + " has been " + what + " successfully."}
	}
	set := func(uids []string, blocked bool, want map[string]identity.BlockOutcome, events ...string) {
		t.Helper()
		got, err := h.SetBlocked(t.Context(), h.server(t), "mina", uids, blocked)
		wantCode(t, "set", err, "")
		wantEqual(t, "the outcomes", got, want)
		log.want(t, "that", events...)
	}
	// One that can't be blocked does not keep the rest from it.
	set([]string{"Oleg", "nobody", "gone", "not a uid", "ana"}, true, map[string]identity.BlockOutcome{
		"Oleg": done("oleg", "blocked"), "ana": done("ana", "blocked"),
		"nobody": {Message: text(fault.UnknownUID("nobody"))}, "gone": {Message: text(fault.UnknownUID("gone"))},
		"not a uid": {Message: text(fault.UnknownUID("not a uid"))},
	}, "user_blocked mina user:oleg key:2", "user_blocked mina user:ana key:2")
	h.pass(time.Hour)
	set([]string{"oleg"}, true, map[string]identity.BlockOutcome{"oleg": done("oleg", "blocked")})

	page := identity.Page{Number: 1, Size: 10}
	blocked, total, err := h.ListBlocked(t.Context(), h.server(t), "mina", identity.BlockedByMe, page)
	wantCode(t, "list", err, "")
	since := identity.Relation{BlockedAt: founded}
	wantEqual(t, "the blocked", blocked, []identity.BlockedUser{{User: ana, Relation: since}, {User: oleg, Relation: since}})
	wantEqual(t, "how many", total, 2)
	relations, err := h.Relations(t.Context(), oleg, []identity.User{mina, ana})
	wantCode(t, "relations", err, "")
	wantEqual(t, "how others stand to oleg", relations, map[int64]identity.Relation{mina.ID: {HasBlockedMe: true}})

	set([]string{"oleg", "nobody"}, false, map[string]identity.BlockOutcome{
		"oleg": done("oleg", "unblocked"), "nobody": {Message: text(fault.UnknownUID("nobody"))},
	}, "user_unblocked mina user:oleg key:2")
	set([]string{"oleg"}, false, map[string]identity.BlockOutcome{"oleg": done("oleg", "unblocked")})
	_, total, err = h.ListBlocked(t.Context(), h.server(t), "oleg", identity.HasBlockedMe, page)
	wantCode(t, "list who blocks", err, "")
	wantEqual(t, "how many block him", total, 0)

	_, err = h.SetBlocked(t.Context(), h.server(t), "mina", nil, true)
	wantEqual(t, "block without uids", fieldsAtFault(t, err), []string{"blockedUids"})
	// Who names herself has made a mistake: nothing of the request is done.
	for _, uids := range [][]string{{"mina"}, {"ana", "MINA"}, {"oleg", "mina"}} {
		_, err := h.SetBlocked(t.Context(), h.server(t), "mina", uids, true)
		wantCode(t, "block herself", err, fault.CodeBlockSelf)
	}
	for _, uid := range []identity.UID{"nobody", "gone"} {
		_, err := h.SetBlocked(t.Context(), h.server(t), uid, []string{"mina"}, true)
		wantCode(t, "block by "+string(uid), err, fault.CodeUnknownUID)
		_, _, err = h.ListBlocked(t.Context(), h.server(t), uid, identity.BlockedEither, page)
		wantCode(t, "list of "+string(uid), err, fault.CodeUnknownUID)
	}
	log.want(t, "what was refused")
}

func TestWhoWasDeactivatedCanBeUnblocked(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	mina, oleg := h.mina(t), h.add(t, "oleg")
	set := func(blocked bool) identity.BlockOutcome {
		t.Helper()
		outcomes, err := h.SetBlocked(t.Context(), h.server(t), "mina", []string{"oleg"}, blocked)
		wantCode(t, "set", err, "")
		return outcomes["oleg"]
	}
	set(true)
	wantCode(t, "deactivate", h.DeactivateUser(t.Context(), h.server(t), "oleg"), "")
	if outcome := set(true); outcome.Success {
		t.Errorf("a deactivated user was blocked: %v", outcome)
	}
	log := h.watch(t, h.app)
	if outcome := set(false); !outcome.Success {
		t.Errorf("a deactivated user was not unblocked: %v", outcome)
	}
	log.want(t, "that", "user_unblocked mina user:oleg key:2")
	_, err := h.ReactivateUsers(t.Context(), h.server(t), []identity.UID{"oleg"})
	wantCode(t, "reactivate", err, "")
	relations, err := h.Relations(t.Context(), oleg, []identity.User{mina})
	wantCode(t, "relations", err, "")
	wantEqual(t, "how others stand to oleg", relations, map[int64]identity.Relation{})
}
