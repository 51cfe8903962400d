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

func eventOf(app identity.AppID, subject string) identity.Event {
	return identity.Event{At: founded, AppID: app, Kind: identity.EventUserUpdated, UID: "mina", Subject: subject}
}

func TestAGroupWritesTheEventsOfItsChangesInTheirOrder(t *testing.T) {
	t.Parallel()
	errOdd := errors.New("odd")
	for _, test := range []struct {
		name string
		// failing does what it does before it fails with errOdd.
		failing func(tx identity.Tx) error
	}{
		{"one fails after its event", func(tx identity.Tx) error {
			return tx.AddEvent(eventOf("acme", "of the one that failed"))
		}},
		{"one fails with something to undo", func(tx identity.Tx) error {
			_, err := tx.AddUser(identity.User{AppID: "acme", UID: "undone"})
			return errors.Join(err, tx.AddEvent(eventOf("acme", "of the one that failed")))
		}},
		{"one fails after more events than wait for their group", func(tx identity.Tx) error {
			for range 1000 {
				if err := tx.AddEvent(eventOf("acme", "of the one that failed")); err != nil {
					return err
				}
			}
			return nil
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				writer := newBusyWriter(t)
				var want []string
				var answers []<-chan error
				for number := range 100 {
					for part := range number % 3 {
						want = append(want, strconv.Itoa(number)+"."+strconv.Itoa(part))
					}
					answers = append(answers, writer.change(func(tx identity.Tx) error {
						for part := range number % 3 {
							if err := tx.AddEvent(eventOf("acme", strconv.Itoa(number)+"."+strconv.Itoa(part))); err != nil {
								return err
							}
						}
						return nil
					}))
					if number == 50 {
						failed := writer.change(func(tx identity.Tx) error { return errors.Join(test.failing(tx), errOdd) })
						defer func() {
							if err := <-failed; !errors.Is(err, errOdd) {
								t.Errorf("the one that fails: %v", err)
							}
						}()
					}
				}
				writer.free()
				for _, answer := range answers {
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
		var want []string
		for number := range 1500 {
			want = append(want, strconv.Itoa(number))
		}
		answer := writer.change(func(tx identity.Tx) error {
			for _, subject := range want {
				if err := tx.AddEvent(eventOf("acme", subject)); err != nil {
					return err
				}
			}
			return nil
		})
		writer.free()
		if err := <-answer; err != nil {
			t.Errorf("the change: %v", err)
		}
		writer.wantEvents("acme", want...)
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
			if _, err := tx.DeleteEvents(founded.AddDate(1, 0, 0), 100); err != nil {
				return err
			}
			return nil
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
				before := writer.change(func(tx identity.Tx) error {
					return errors.Join(tx.AddEvent(eventOf("other", "first")), tx.AddEvent(eventOf("other", "second")))
				})
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
