package presence_test

import (
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/usherhq/usher/internal/identity"
)

// Whatever opens, closes and fails, and however often other servers take this one for dead: once all has
// settled, who has a connection is recorded as online and nobody else, and what others heard of each user
// was online and offline in turn.
func TestWhoIsRecordedOnlineIsWhoHasAConnection(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		steps := rapid.SliceOfN(rapid.IntRange(0, 99), 1, 80).Draw(r, "steps")
		waits := rapid.SliceOfN(rapid.IntRange(0, 4000), len(steps), len(steps)).Draw(r, "milliseconds")
		synctest.Test(t, func(t *testing.T) {
			b, tracker := start(t, grace)
			open := map[int64][]*identity.Connection{}
			for number, step := range steps {
				user := int64(step % 3)
				switch kind := step / 3; {
				case kind < 14:
					c := connection(user, number)
					open[user] = append(open[user], c)
					tracker.Opened(c)
				case kind < 26:
					if mine := open[user]; len(mine) > 0 {
						open[user] = mine[1:]
						tracker.Closed(mine[0], kind%2 == 0)
					}
				case kind < 29:
					b.with(func() { b.failing = step % 7 })
				case kind < 31:
					b.forget()
				default:
					b.with(func() { b.down = !b.down })
				}
				pass(time.Duration(waits[number]) * time.Millisecond / 4)
			}
			b.goDown(false)
			pass(time.Minute)
			synctest.Wait()
			b.mu.Lock()
			defer b.mu.Unlock()
			for user := range int64(3) {
				if b.online[user] != (len(open[user]) > 0) {
					t.Errorf("user %d has %d connections and is online: %v", user, len(open[user]), b.online[user])
				}
				state := "offline"
				for _, line := range b.log {
					of, now, _ := strings.Cut(line, " ")
					if of != strconv.FormatInt(user, 10) {
						continue
					}
					if now = strings.Replace(now, "gone", "offline", 1); now == state {
						t.Errorf("user %d is told to be %s twice: %q", user, now, b.log)
					}
					state = now
				}
			}
			opened, closed := 0, 0
			for _, change := range b.changes {
				if change.Opened {
					opened++
				} else {
					closed++
				}
			}
			left := 0
			for _, mine := range open {
				left += len(mine)
			}
			if opened-closed != left {
				t.Errorf("%d connections opened and %d closed, and %d are left", opened, closed, left)
			}
		})
		if t.Failed() {
			r.FailNow()
		}
	})
}
