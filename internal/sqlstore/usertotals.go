package sqlstore

import (
	"fmt"
	"slices"
	"sync"
)

// mostTotals bounds the memory of userTotals to a few megabytes.
const mostTotals = 1_000

// manyToCount is how many users are worth remembering their number. Who types a search asks for many lists
// that match few, whom counting anew costs next to nothing.
const manyToCount = 1_000

// userTotals remembers how many users the lists asked for last have in all, so that whoever goes through
// the pages of one makes the database count once (docs/adr/0005-user-counts.md). A total holds for one
// revision of the users of an app: the database draws a new one in every change that could make it another,
// whoever makes that change. Who uses a total must have read this revision in the moment he asks for.
type userTotals struct {
	mu     sync.Mutex
	totals map[string]userTotal
	// many is manyToCount, but in tests.
	many int
}

// userTotal is what counting a choice of users found.
type userTotal struct {
	revision string
	// walked is how many users of the wanted activity the app has, and met about how many of them meet
	// each condition. That only says which way to a page is short.
	walked int
	met    []int
	// matching is how many meet all of them.
	matching int
}

func newUserTotals() *userTotals {
	return &userTotals{totals: map[string]userTotal{}, many: manyToCount}
}

func (t *userTotals) find(key string) (total userTotal, known bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	total, known = t.totals[key]
	return total, known
}

func (t *userTotals) keep(key string, total userTotal) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if slices.Max(total.met) < t.many {
		delete(t.totals, key)
		return
	}
	if _, known := t.totals[key]; !known && len(t.totals) >= mostTotals {
		// Which one goes hardly matters: it is counted again.
		for other := range t.totals {
			delete(t.totals, other)
			break
		}
	}
	t.totals[key] = total
}

// key tells a choice from all that match others: it says what is counted.
func (c *userChoice) key() string {
	counting := &statement{}
	for _, condition := range c.conditions {
		counting.and(condition.onRow)
	}
	return fmt.Sprintf("%q %s %q", c.app, c.counter+counting.text(), counting.values)
}
