package storetest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/usherhq/usher/internal/identity"
)

func allUsers() []behaviour {
	return []behaviour{
		{"all users of an app, deactivated ones too, by the bytes of their uids", everyUser},
		{"all users are those of one moment", usersOfOneMoment},
		{"who has seen enough of all users may stop", someOfAllUsers},
	}
}

func everyUser(t *testing.T, store identity.Store) {
	app := addApp(t, store, "acme")
	addUser(t, store, newUser(addApp(t, store, "other"), "b"))
	want := []identity.User{
		addUser(t, store, fullUser(app, "b")), addUser(t, store, newUser(app, "a-1")), addUser(t, store, newUser(app, "_")),
		deactivate(t, store, addUser(t, store, newUser(app, "a"))), addUser(t, store, newUser(app, "9")),
	}
	slices.SortFunc(want, func(a, b identity.User) int { return slices.Compare([]byte(a.UID), []byte(b.UID)) })
	var got []identity.User
	for user, err := range store.AllUsers(t.Context(), app.ID) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, user)
	}
	wantEqual(t, "all users", got, want)
	for user, err := range store.AllUsers(t.Context(), "nowhere") {
		t.Errorf("an unknown app has the user %s (%v)", user.UID, err)
	}
}

// Enough users that no engine can have them all on their way at once.
func usersOfOneMoment(t *testing.T, store identity.Store) {
	const count = 2000
	app := addApp(t, store, "acme")
	change(t, store, func(tx identity.Tx) error {
		for i := range count {
			if _, err := tx.AddUser(fullUser(app, identity.UID(fmt.Sprintf("user-%04d", i)))); err != nil {
				return err
			}
		}
		return nil
	})
	seen := 0
	for user, err := range store.AllUsers(t.Context(), app.ID) {
		if err != nil {
			t.Fatal(err)
		}
		if seen == 0 {
			change(t, store, func(tx identity.Tx) error {
				if _, err := tx.AddUser(newUser(app, "user-0000-and-more")); err != nil {
					return err
				}
				last, err := tx.LockUser(app.ID, "user-1999")
				if err != nil {
					return err
				}
				return tx.DeleteUser(last)
			})
		}
		if want := identity.UID(fmt.Sprintf("user-%04d", seen)); user.UID != want {
			t.Fatalf("the user %s stands where %s was", user.UID, want)
		}
		seen++
	}
	wantEqual(t, "how many users there were at that moment", seen, count)
}

func someOfAllUsers(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	for range 100 {
		for user, err := range store.AllUsers(t.Context(), mina.AppID) {
			if err != nil {
				t.Fatal(err)
			}
			wantEqual(t, "the first of all users", user, mina)
			break
		}
	}
	// A list that was left open would keep its connection, and there are fewer than a hundred.
	findUser(t, store, mina)
}
