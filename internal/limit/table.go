package limit

import (
	"container/list"
	"time"
)

// table keeps a value for each key that was used lately. It is bounded twice: what was not used for
// idle is dropped, and so is what was used longest ago when there are more than most. It does not
// lock by itself.
type table[K comparable, V any] struct {
	most    int
	idle    time.Duration
	entries map[K]*list.Element
	// order has what was used last in front.
	order list.List
}

type entry[K comparable, V any] struct {
	key   K
	value V
	used  time.Time
}

func newTable[K comparable, V any](most int, idle time.Duration) *table[K, V] {
	return &table[K, V]{most: most, idle: idle, entries: map[K]*list.Element{}}
}

// find gives the value of a key without counting that as use, or nil.
func (t *table[K, V]) find(key K, now time.Time) *V {
	element, ok := t.entries[key]
	if !ok {
		return nil
	}
	known := element.Value.(*entry[K, V])
	if now.Sub(known.used) >= t.idle {
		return nil
	}
	return &known.value
}

// use gives the value of a key, a fresh one for a key that is not there.
func (t *table[K, V]) use(key K, now time.Time, fresh func() V) *V {
	t.drop(now)
	if element, ok := t.entries[key]; ok {
		known := element.Value.(*entry[K, V])
		known.used = now
		t.order.MoveToFront(element)
		return &known.value
	}
	added := &entry[K, V]{key: key, value: fresh(), used: now}
	t.entries[key] = t.order.PushFront(added)
	if len(t.entries) > t.most {
		t.remove(t.order.Back())
	}
	return &added.value
}

// drop removes what has been idle for too long: all of it lies at the back.
func (t *table[K, V]) drop(now time.Time) {
	for last := t.order.Back(); last != nil && now.Sub(last.Value.(*entry[K, V]).used) >= t.idle; last = t.order.Back() {
		t.remove(last)
	}
}

func (t *table[K, V]) remove(element *list.Element) {
	t.order.Remove(element)
	delete(t.entries, element.Value.(*entry[K, V]).key)
}
