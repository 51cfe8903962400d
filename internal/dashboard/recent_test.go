package dashboard_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/usherhq/usher/internal/dashboard"
)

func TestACountThatTakesLongIsShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var numbers dashboard.RecentNumbers
		counted := 0
		slowly := func() int {
			counted++
			<-time.After(3 * time.Second)
			return counted
		}
		started := time.Now()
		var viewers sync.WaitGroup
		for range 20 {
			viewers.Go(func() {
				if got := numbers.Users(t.Context(), appID, slowly); got != 1 {
					t.Errorf("a viewer is told what was counted the %d. time", got)
				}
			})
		}
		synctest.Wait()
		if got := numbers.Users(t.Context(), "another", func() int { return 7 }); got != 7 || time.Since(started) > 0 {
			t.Errorf("who looks at another app is told %d after %v", got, time.Since(started))
		}
		viewers.Wait()
		<-time.After(time.Second)
		if got := numbers.Users(t.Context(), appID, slowly); got != 2 {
			t.Errorf("a second later, what was counted the %d. time is told", got)
		}
	})
}
