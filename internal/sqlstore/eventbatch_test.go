package sqlstore_test

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"testing/synctest"

	"github.com/usherhq/usher/internal/identity"
)

// change hands in a change; its outcome comes later.
func (w *busyWriter) change(do func(tx identity.Tx) error) <-chan error {
	answer := make(chan error, 1)
	go func() { answer <- w.Change(context.Background(), do) }()
	synctest.Wait()
	return answer
}

// wantEvents holds the subjects of an app's events, in their order, against those wanted.
func (w *busyWriter) wantEvents(app identity.AppID, want ...string) {
	w.t.Helper()
	events, err := w.Events(w.t.Context(), app, identity.EventFilter{Limit: 10_000})
	if err != nil {
		w.t.Fatalf("events: %v", err)
	}
	var got []string
	for _, event := range events {
		got = append(got, event.Subject)
	}
	wantEqual(w.t, "the events", got, want)
}

// addEvents is a change that has nothing but events of an app, with these subjects.
func addEvents(app identity.AppID, subjects ...string) func(tx identity.Tx) error {
	return func(tx identity.Tx) error {
		for _, subject := range subjects {
			event := identity.Event{At: founded, AppID: app, Kind: identity.EventUserUpdated, UID: "mina", Subject: subject}
			if err := tx.AddEvent(event); err != nil {
				return err
			}
		}
		return nil
	}
}

// numbered is so many subjects.
func numbered(prefix string, count int) []string {
	subjects := make([]string, count)
	for number := range subjects {
		subjects[number] = prefix + strconv.Itoa(number)
	}
	return subjects
}

func TestAGroupWritesTheEventsOfItsChangesInTheirOrder(t *testing.T) {
	t.Parallel()
	errOdd := errors.New("odd")
	const failed = "of the one that failed"
	for _, test := range []struct {
		name string
		// failing is what one does before it fails with errOdd.
		failing func(tx identity.Tx) error
	}{
		{"one fails after its event", addEvents("acme", failed)},
		{"one fails with something to undo", func(tx identity.Tx) error {
			_, err := tx.AddUser(identity.User{AppID: "acme", UID: "undone"})
			return errors.Join(err, addEvents("acme", failed)(tx))
		}},
		{"one fails after more events than wait for their group", addEvents("acme", numbered(failed, 1000)...)},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				writer := newBusyWriter(t)
				var want []string
				var neighbours []<-chan error
				add := func(name string) {
					for number := range 50 {
						subjects := numbered(name+strconv.Itoa(number)+".", number%3)
						want = append(want, subjects...)
						neighbours = append(neighbours, writer.change(addEvents("acme", subjects...)))
					}
				}
				add("before ")
				failing := writer.change(func(tx identity.Tx) error { return errors.Join(test.failing(tx), errOdd) })
				add("after ")
				writer.free()
				if err := <-failing; !errors.Is(err, errOdd) {
					t.Errorf("the one that fails: %v", err)
				}
				for _, answer := range neighbours {
					if err := <-answer; err != nil {
						t.Errorf("a neighbour: %v", err)
					}
				}
				writer.wantEvents("acme", want...)
				writer.close()
			})
		})
	}
}

func TestAChangeOfManyEventsKeepsTheirOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		writer := newBusyWriter(t)
		many := numbered("", 1500)
		answer := writer.change(addEvents("acme", many...))
		writer.free()
		if err := <-answer; err != nil {
			t.Errorf("the change: %v", err)
		}
		writer.wantEvents("acme", many...)
		writer.close()
	})
}

// What reads the log finds in it what the changes before it in the same group did.
func TestTheLogIsWrittenBeforeItIsRead(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		read func(tx identity.Tx) error
		want []string
	}{
		{"by an app that gets the id of a removed one", func(tx identity.Tx) error {
			return tx.AddApp(identity.App{ID: "other", Region: "us", CreatedAt: founded})
		}, nil},
		{"by the deletion of old events, which leaves the newest", func(tx identity.Tx) error {
			_, err := tx.DeleteEvents(founded.AddDate(1, 0, 0), 100)
			return err
		}, []string{"second"}},
		{"by the clearing of everything, which leaves the newest", func(tx identity.Tx) error {
			_, err := tx.Clear()
			return err
		}, []string{"second"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				writer := newBusyWriter(t)
				before := writer.change(addEvents("other", "first", "second"))
				reading := writer.change(test.read)
				writer.free()
				if err := errors.Join(<-before, <-reading); err != nil {
					t.Errorf("the changes: %v", err)
				}
				writer.wantEvents("other", test.want...)
				writer.close()
			})
		})
	}
}
