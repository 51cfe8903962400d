package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/usherhq/usher/internal/identity"
)

func operators() []behaviour {
	return []behaviour{
		{"operators are listed by name, and found as they were added", listOperators},
		{"the name of an operator is taken once", operatorNameTaken},
		{"saving an operator writes its role, password and last sign-in", saveOperator},
		{"a second factor is found as it was set, over one before", secondFactor},
		{"the step of a code is used once, and none before it", useSteps},
		{"a session is found by its value, with its operator", operatorSession},
		{"sessions of an operator end but one", endOperatorSessions},
		{"sessions that are over are removed", staleOperatorSessions},
		{"an operator takes its sessions and its second factor along", deleteOperator},
		{"an invitation is found and taken by its code, once", takeInvitation},
		{"an invitation to reset an operator goes with it", takeResetAlong},
		{"the invitations that an operator made are withdrawn, and no others", deleteInvitationsBy},
		{"of many who take an invitation one gets it", takeInvitationOnce},
		{"open invitations are listed, and expired ones removed", listInvitations},
	}
}

func newOperator(name string) identity.Operator {
	return identity.Operator{Name: name, Role: identity.OperatorDeveloper, CreatedAt: founded}.WithPasswordHash("hash of " + name)
}

func addOperator(tb testing.TB, store identity.Store, name string) identity.Operator {
	tb.Helper()
	operator := newOperator(name)
	change(tb, store, func(tx identity.Tx) (err error) {
		operator, err = tx.AddOperator(operator)
		return err
	})
	return operator
}

func wantOperator(tb testing.TB, what string, got, want identity.Operator) {
	tb.Helper()
	if difference := cmp.Diff(want, got, cmp.AllowUnexported(identity.Operator{})); difference != "" {
		tb.Errorf("%s (-want +got):\n%s", what, difference)
	}
}

func listOperators(t *testing.T, store identity.Store) {
	setUp(t, store)
	zoe, ada := addOperator(t, store, "zoe"), addOperator(t, store, "ada@example.com")
	check := func(listed []identity.Operator, err error) {
		t.Helper()
		if err != nil || len(listed) != 2 {
			t.Fatalf("listed %d, %v", len(listed), err)
		}
		wantOperator(t, "the first", listed[0], ada)
		wantOperator(t, "the second", listed[1], zoe)
	}
	check(store.Operators(t.Context()))
	change(t, store, func(tx identity.Tx) error {
		check(tx.LockOperators())
		return nil
	})
	found, err := store.Operator(t.Context(), "zoe")
	wantError(t, "find an operator", err, nil)
	wantOperator(t, "found by name", found, zoe)
	_, err = store.Operator(t.Context(), "Zoe")
	wantError(t, "find another", err, identity.ErrNotFound)
}

func operatorNameTaken(t *testing.T, store identity.Store) {
	addOperator(t, store, "ada")
	err := store.Change(t.Context(), func(tx identity.Tx) error {
		_, err := tx.AddOperator(newOperator("ada"))
		return err
	})
	wantError(t, "add the name again", err, identity.ErrTaken)
}

func saveOperator(t *testing.T, store identity.Store) {
	ada := addOperator(t, store, "ada")
	ada.Role, ada.SignedInAt = identity.OperatorOwner, founded.Add(time.Hour)
	ada = ada.WithPasswordHash("another")
	change(t, store, func(tx identity.Tx) error { return tx.SaveOperator(ada) })
	found, err := store.Operator(t.Context(), "ada")
	wantError(t, "find the operator", err, nil)
	wantOperator(t, "saved", found, ada)
	ada.ID++
	wantError(t, "save an unknown one", store.Change(t.Context(), func(tx identity.Tx) error { return tx.SaveOperator(ada) }), identity.ErrNotFound)
}

func secondFactor(t *testing.T, store identity.Store) {
	ada := addOperator(t, store, "ada")
	_, err := store.SecondFactor(t.Context(), ada.ID)
	wantError(t, "find one that is not there", err, identity.ErrNotFound)
	for _, factor := range []identity.SecondFactor{{Secret: "FIRST", LastStep: 7}, {Secret: "SECOND", LastStep: 3}} {
		change(t, store, func(tx identity.Tx) error { return tx.SetSecondFactor(ada.ID, factor) })
		found, err := store.SecondFactor(t.Context(), ada.ID)
		wantError(t, "find the second factor", err, nil)
		if found != factor {
			t.Errorf("found step %d, want %d, or another secret", found.LastStep, factor.LastStep)
		}
	}
	if found, err := store.Operator(t.Context(), "ada"); err != nil || !found.HasSecondFactor {
		t.Errorf("HasSecondFactor is %v, %v", found.HasSecondFactor, err)
	}
	remove := func(tx identity.Tx) error { return tx.DeleteSecondFactor(ada.ID) }
	change(t, store, remove)
	wantError(t, "remove it again", store.Change(t.Context(), remove), identity.ErrNotFound)
}

func useSteps(t *testing.T, store identity.Store) {
	ada := addOperator(t, store, "ada")
	change(t, store, func(tx identity.Tx) error {
		return tx.SetSecondFactor(ada.ID, identity.SecondFactor{Secret: "SECRET", LastStep: 7})
	})
	for _, use := range []struct {
		step int64
		want error
	}{{7, identity.ErrNotFound}, {9, nil}, {9, identity.ErrNotFound}, {8, identity.ErrNotFound}, {10, nil}} {
		err := store.Change(t.Context(), func(tx identity.Tx) error { return tx.UseStep(ada.ID, use.step) })
		wantError(t, "use a step", err, use.want)
	}
}

func newOperatorSession(operator identity.Operator, value identity.Secret) identity.OperatorSession {
	return identity.OperatorSession{Operator: operator, Value: value, CreatedAt: founded, SeenAt: founded.Add(time.Minute)}
}

func addOperatorSession(tb testing.TB, store identity.Store, session identity.OperatorSession) identity.OperatorSession {
	tb.Helper()
	change(tb, store, func(tx identity.Tx) error { return tx.AddOperatorSession(session) })
	return findOperatorSession(tb, store, session.Value)
}

func findOperatorSession(tb testing.TB, store identity.Store, value identity.Secret) identity.OperatorSession {
	tb.Helper()
	session, err := store.OperatorSession(tb.Context(), value)
	wantError(tb, "find the session", err, nil)
	return session
}

func wantNoOperatorSession(tb testing.TB, store identity.Store, value identity.Secret) {
	tb.Helper()
	_, err := store.OperatorSession(tb.Context(), value)
	wantError(tb, "find a session that is over", err, identity.ErrNotFound)
}

func operatorSession(t *testing.T, store identity.Store) {
	ada := addOperator(t, store, "ada")
	session := addOperatorSession(t, store, newOperatorSession(ada, "of-ada"))
	wantOperator(t, "the operator of the session", session.Operator, ada)
	if session.ID == 0 || !session.CreatedAt.Equal(founded) || !session.SeenAt.Equal(founded.Add(time.Minute)) {
		t.Errorf("the session is %d, made %v, seen %v", session.ID, session.CreatedAt, session.SeenAt)
	}
	touch := func(tx identity.Tx) error { return tx.TouchOperatorSession(session.ID, founded.Add(time.Hour)) }
	change(t, store, touch)
	if seen := findOperatorSession(t, store, "of-ada").SeenAt; !seen.Equal(founded.Add(time.Hour)) {
		t.Errorf("seen %v", seen)
	}
	change(t, store, func(tx identity.Tx) error { return tx.DeleteOperatorSession(session.ID) })
	wantNoOperatorSession(t, store, "of-ada")
	wantError(t, "touch it", store.Change(t.Context(), touch), identity.ErrNotFound)
}

func endOperatorSessions(t *testing.T, store identity.Store) {
	ada, zoe := addOperator(t, store, "ada"), addOperator(t, store, "zoe")
	kept := addOperatorSession(t, store, newOperatorSession(ada, "kept"))
	addOperatorSession(t, store, newOperatorSession(ada, "ended"))
	addOperatorSession(t, store, newOperatorSession(zoe, "of-zoe"))
	change(t, store, func(tx identity.Tx) error { return tx.DeleteOperatorSessions(ada.ID, kept.ID) })
	wantNoOperatorSession(t, store, "ended")
	findOperatorSession(t, store, "kept")
	findOperatorSession(t, store, "of-zoe")
}

func staleOperatorSessions(t *testing.T, store identity.Store) {
	ada := addOperator(t, store, "ada")
	fresh, old, idle := newOperatorSession(ada, "fresh"), newOperatorSession(ada, "old"), newOperatorSession(ada, "idle")
	old.CreatedAt = founded.Add(-time.Hour)
	idle.SeenAt = founded
	for _, session := range []identity.OperatorSession{fresh, old, idle} {
		addOperatorSession(t, store, session)
	}
	change(t, store, func(tx identity.Tx) error { return tx.DeleteStaleOperatorSessions(founded.Add(time.Second), founded) })
	findOperatorSession(t, store, "fresh")
	wantNoOperatorSession(t, store, "old")
	wantNoOperatorSession(t, store, "idle")
}

func deleteOperator(t *testing.T, store identity.Store) {
	ada := addOperator(t, store, "ada")
	addOperatorSession(t, store, newOperatorSession(ada, "of-ada"))
	change(t, store, func(tx identity.Tx) error {
		return tx.SetSecondFactor(ada.ID, identity.SecondFactor{Secret: "SECRET"})
	})
	remove := func(tx identity.Tx) error { return tx.DeleteOperator(ada.ID) }
	change(t, store, remove)
	wantNoOperatorSession(t, store, "of-ada")
	_, err := store.SecondFactor(t.Context(), ada.ID)
	wantError(t, "find its second factor", err, identity.ErrNotFound)
	wantError(t, "remove it again", store.Change(t.Context(), remove), identity.ErrNotFound)
	if again := addOperator(t, store, "ada"); again.ID == ada.ID {
		t.Error("an operator made anew has the id of the one before")
	}
}

func newInvitation(code identity.Secret, first bool) identity.Invitation {
	return identity.Invitation{
		Code: code, Role: identity.OperatorOwner, First: first, InvitedBy: "ada", CreatedAt: founded, ExpiresAt: founded.Add(time.Hour),
	}
}

func addInvitation(tb testing.TB, store identity.Store, invitation identity.Invitation) identity.Invitation {
	tb.Helper()
	change(tb, store, func(tx identity.Tx) (err error) {
		invitation, err = tx.AddInvitation(invitation)
		return err
	})
	return invitation
}

func takeInvitation(t *testing.T, store identity.Store) {
	wanted := newInvitation("code", true)
	wanted.Name, wanted.Resets = "zoe", true
	added := addInvitation(t, store, wanted)
	found, err := store.Invitation(t.Context(), "code")
	wantError(t, "find the invitation", err, nil)
	wantEqual(t, "found", found, added)
	var taken identity.Invitation
	take := func(tx identity.Tx) (err error) {
		taken, err = tx.TakeInvitation("code")
		return err
	}
	change(t, store, take)
	wantEqual(t, "taken", taken, added)
	wantError(t, "take it again", store.Change(t.Context(), take), identity.ErrNotFound)
	_, err = store.Invitation(t.Context(), "code")
	wantError(t, "find it", err, identity.ErrNotFound)
}

func takeResetAlong(t *testing.T, store identity.Store) {
	ada := addOperator(t, store, "ada")
	reset, invited := newInvitation("reset", false), newInvitation("invited", false)
	reset.Name, reset.Resets, invited.Name = "ada", true, "ada"
	addInvitation(t, store, reset)
	addInvitation(t, store, invited)
	change(t, store, func(tx identity.Tx) error { return tx.DeleteOperator(ada.ID) })
	_, err := store.Invitation(t.Context(), "reset")
	wantError(t, "find the reset", err, identity.ErrNotFound)
	_, err = store.Invitation(t.Context(), "invited")
	wantError(t, "find an invitation of that name", err, nil)
}

func deleteInvitationsBy(t *testing.T, store identity.Store) {
	reset, byOther := newInvitation("reset", false), newInvitation("by another", false)
	reset.Name, reset.Resets, byOther.Name, byOther.InvitedBy = "zoe", true, "ada", "zoe"
	addInvitation(t, store, newInvitation("for anybody", false))
	addInvitation(t, store, reset)
	addInvitation(t, store, byOther)
	change(t, store, func(tx identity.Tx) error { return tx.DeleteInvitationsBy("ada") })
	for code, want := range map[identity.Secret]error{"for anybody": identity.ErrNotFound, "reset": identity.ErrNotFound, "by another": nil} {
		_, err := store.Invitation(t.Context(), code)
		wantError(t, "find the invitation "+string(code), err, want)
	}
	change(t, store, func(tx identity.Tx) error { return tx.DeleteInvitationsBy("nobody") })
}

func takeInvitationOnce(t *testing.T, store identity.Store) {
	addInvitation(t, store, newInvitation("code", false))
	taken := 0
	for _, err := range together(servers, func(int) error {
		return store.Change(t.Context(), func(tx identity.Tx) error {
			_, err := tx.TakeInvitation("code")
			return err
		})
	}) {
		switch {
		case err == nil:
			taken++
		case !errors.Is(err, identity.ErrNotFound):
			t.Error(err)
		}
	}
	if taken != 1 {
		t.Errorf("%d took it", taken)
	}
}

func listInvitations(t *testing.T, store identity.Store) {
	addInvitation(t, store, newInvitation("first", true))
	expired := newInvitation("expired", false)
	expired.ExpiresAt = founded
	addInvitation(t, store, expired)
	withdrawn := addInvitation(t, store, newInvitation("withdrawn", false))
	open := addInvitation(t, store, newInvitation("open", false))
	withdraw := func(tx identity.Tx) error { return tx.DeleteInvitation(withdrawn.ID) }
	change(t, store, withdraw)
	wantError(t, "withdraw it again", store.Change(t.Context(), withdraw), identity.ErrNotFound)
	// What is listed has no code.
	open.Code = ""
	listed, err := store.Invitations(t.Context(), founded)
	wantError(t, "list invitations", err, nil)
	wantEqual(t, "open invitations", listed, []identity.Invitation{open})
	change(t, store, func(tx identity.Tx) error {
		if err := tx.DeleteExpiredInvitations(founded); err != nil {
			return err
		}
		if err := tx.DeleteFirstInvitations(); err != nil {
			return err
		}
		count, err := tx.CountInvitations()
		wantEqual(t, "how many are left", count, 1)
		return err
	})
}
