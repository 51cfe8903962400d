package presence_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/usherhq/usher/internal/presence"
)

const grace = 3 * time.Second

func TestAUserIsOnlineWhileAConnectionLives(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, tracker := start(t, grace)
		tracker.Opened(connection(1, 1))
		tracker.Opened(connection(1, 2))
		tracker.Opened(connection(2, 3))
		b.want("1 online", "2 online")
		tracker.Closed(connection(1, 1), false)
		tracker.Closed(connection(2, 3), false)
		b.want("1 online", "2 online", "2 offline")
		tracker.Closed(connection(1, 2), false)
		b.want("1 online", "2 online", "2 offline", "1 offline")
	})
}

func TestALostUserStaysOnlineForTheGrace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, tracker := start(t, grace)
		tracker.Opened(connection(1, 1))
		for id := range 5 {
			tracker.Closed(connection(1, 1+id), true)
			pass(grace - time.Millisecond)
			tracker.Opened(connection(1, 2+id))
		}
		b.want("1 online")
		lost := time.Now()
		tracker.Closed(connection(1, 6), true)
		pass(grace - 20*time.Millisecond)
		b.want("1 online")
		pass(10 * time.Millisecond)
		b.want("1 online", "1 offline")
		// It is told when the connection was lost, not when nobody waited any more.
		if last := b.changes[len(b.changes)-1]; !last.At.Equal(lost) {
			t.Errorf("offline since %s, want %s", last.At, lost)
		}
		if events := len(b.changes); events != 12 {
			t.Errorf("%d connections opened or closed, want 12", events)
		}
	})
}

func TestWithoutGraceALostUserIsOfflineAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, tracker := start(t, 0)
		tracker.Opened(connection(1, 1))
		tracker.Closed(connection(1, 1), true)
		b.want("1 online", "1 offline")
	})
}

func TestWhatADatabaseRefusesIsWrittenLater(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, tracker := start(t, 0)
		b.goDown(true)
		tracker.Opened(connection(1, 1))
		tracker.Opened(connection(2, 2))
		tracker.Closed(connection(1, 1), false)
		tracker.Opened(connection(1, 3))
		// Longer than the lease: another server has released who was online here.
		pass(time.Minute)
		b.want()
		if tracker.Waiting() != 4 {
			t.Errorf("%d changes wait, want 4", tracker.Waiting())
		}
		b.goDown(false)
		pass(10 * time.Second)
		b.want("1 online", "2 online", "1 offline", "1 online")
		if tracker.Waiting() != 0 {
			t.Errorf("%d changes still wait", tracker.Waiting())
		}
	})
}

func TestAServerThatWasTakenForDeadTellsAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, tracker := start(t, grace)
		tracker.Opened(connection(1, 1))
		tracker.Opened(connection(2, 2))
		tracker.Opened(connection(3, 3))
		tracker.Closed(connection(3, 3), false)
		b.want("1 online", "2 online", "3 online", "3 offline")
		// One of them leaves before the server hears of it: that is no news to anybody.
		tracker.Closed(connection(2, 2), true)
		b.forget()
		pass(presence.DefaultLease/3 + time.Second)
		b.want("1 online", "2 online", "3 online", "3 offline", "1 gone", "2 gone", "1 online")
		pass(time.Minute)
		b.want("1 online", "2 online", "3 online", "3 offline", "1 gone", "2 gone", "1 online")
	})
}

func TestTheLeaseIsRenewedAndOthersAreReleased(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, _ := start(t, grace)
		b.with(func() {
			if b.released == 0 {
				t.Error("who was killed before this server started is not looked after at once")
			}
		})
		for range 50 {
			pass(presence.DefaultLease / 3)
			b.with(func() {
				if left := time.Until(b.leasedUntil); left < presence.DefaultLease*2/3 {
					t.Fatalf("only %s of the lease are left", left)
				}
			})
		}
		b.with(func() {
			if b.released < 50 {
				t.Errorf("others were looked after %d times", b.released)
			}
		})
	})
}

func TestCloseWritesWhatIsLeftAndKeepsWhoMayComeBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, tracker := start(t, grace)
		tracker.Opened(connection(1, 1))
		tracker.Opened(connection(2, 2))
		tracker.Closed(connection(1, 1), true)
		tracker.Opened(connection(3, 3))
		tracker.Closed(connection(3, 3), false)
		if err := tracker.Close(); err != nil {
			t.Fatal(err)
		}
		b.want("1 online", "2 online", "3 online", "3 offline")
		pass(time.Minute)
		b.want("1 online", "2 online", "3 online", "3 offline")
		if b.leasedUntil.After(time.Now().Add(-time.Minute + presence.DefaultLease)) {
			t.Error("the lease goes on")
		}
	})
}

func TestCloseDoesNotWaitForADatabaseThatFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, tracker := start(t, grace)
		b.goDown(true)
		tracker.Opened(connection(1, 1))
		pass(time.Second)
		before := time.Now()
		if err := tracker.Close(); err == nil {
			t.Error("it does not say that the lease could not be given back")
		}
		if took := time.Since(before); took > 30*time.Second {
			t.Errorf("it took %s", took)
		}
	})
}

func TestAConnectionThatNobodyOpenedIsNotClosed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, tracker := start(t, grace)
		tracker.Closed(connection(1, 1), true)
		tracker.Opened(connection(2, 2))
		b.want("2 online")
	})
}
