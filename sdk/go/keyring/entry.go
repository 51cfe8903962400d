package keyring

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	oskeyring "github.com/zalando/go-keyring"
)

// partLength is the longest text that one entry of the keyring gets, in bytes. Windows takes 2560; on
// macOS, the library puts the names and the text, in base64 once more, in a command of at most 4096.
const partLength = 1800

// maxReadableName is the length of the part of an entry's name that people can read, in bytes.
const maxReadableName = 80

// damaged is given for what is in the keyring and cannot be put together. It is no JSON.
const damaged = "damaged in the keyring"

var (
	errAbandoned = errors.New("keyring: given up meanwhile")
	errChanging  = errors.New("keyring: another process changes the entry all the time")
	errBadIndex  = errors.New("keyring: the entry is damaged")
)

// entry is what the keyring has for one key: an index under the name and, for a value that is too
// long for it, parts beside it. Parts are in one of two slots; a new value goes to the slot that is
// not in use, and counts once the index, which is replaced in one step, names it. The parts of a slot
// never have gaps, so that leftovers of an interruption are found by counting.
type entry struct {
	ring          ring
	service, name string
	abandoned     *atomic.Bool
}

// nameOf is what can be read of a key, then its hash, which keeps keys apart that read alike.
func nameOf(key string) string {
	readable := strings.Map(func(r rune) rune {
		if notInName(r) {
			return '_'
		}
		return r
	}, key)
	hash := sha256.Sum256([]byte(key))
	return readable[:min(len(readable), maxReadableName)] + "-" + hex.EncodeToString(hash[:8])
}

func notInName(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-'
}

var slots = []string{"a", "b"}

func (e entry) part(slot string, number int) string {
	return fmt.Sprintf("%s.%s%d", e.name, slot, number)
}

// get gives the text of a name, and whether there is one.
func (e entry) get(name string) (text string, there bool, err error) {
	if e.abandoned.Load() {
		return "", false, errAbandoned
	}
	text, err = e.ring.Get(e.service, name)
	if errors.Is(err, oskeyring.ErrNotFound) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("keyring: read: %w", err)
	}
	return text, true, nil
}

func (e entry) set(name, text string) error {
	if e.abandoned.Load() {
		return errAbandoned
	}
	if err := e.ring.Set(e.service, name, text); err != nil {
		return fmt.Errorf("keyring: write: %w", err)
	}
	return nil
}

func (e entry) drop(name string) error {
	if e.abandoned.Load() {
		return errAbandoned
	}
	if err := e.ring.Delete(e.service, name); err != nil && !errors.Is(err, oskeyring.ErrNotFound) {
		return fmt.Errorf("keyring: remove: %w", err)
	}
	return nil
}

func (e entry) load() ([]byte, error) {
	// What is damaged twice in the same way is damaged; else it was replaced while it was read.
	seen := ""
	for range 3 {
		index, there, err := e.get(e.name)
		if err != nil || !there {
			return nil, err
		}
		value, err := e.assemble(index)
		if !errors.Is(err, errBadIndex) {
			return value, err
		}
		if index == seen {
			return []byte(damaged), nil
		}
		seen = index
	}
	return nil, errChanging
}

// assemble gives the value that an index stands for, or errBadIndex.
func (e entry) assemble(text string) ([]byte, error) {
	index, err := parseIndex(text)
	if err != nil {
		return nil, err
	}
	whole := index.text
	if index.slot != "" {
		var parts strings.Builder
		for number := range index.parts {
			part, there, err := e.get(e.part(index.slot, number))
			if err != nil {
				return nil, err
			}
			if !there {
				return nil, errBadIndex
			}
			parts.WriteString(part)
		}
		if whole = parts.String(); sumOf(whole) != index.sum {
			return nil, errBadIndex
		}
	}
	value, err := base64.StdEncoding.DecodeString(whole)
	if err != nil {
		return nil, errBadIndex
	}
	return value, nil
}

func (e entry) save(value []byte) error {
	old, there, err := e.get(e.name)
	if err != nil {
		return err
	}
	// Of an index that is not there or not to be read, no slot is in use.
	var before index
	if there {
		before, _ = parseIndex(old)
	}
	fresh := index{text: base64.StdEncoding.EncodeToString(value)}
	if len(fresh.text) > partLength {
		if fresh, err = e.saveParts(fresh.text, before.slot); err != nil {
			return err
		}
	}
	if err := e.set(e.name, fresh.String()); err != nil {
		return err
	}
	// The new value is there, whatever becomes of what is left of others: the next time finds it.
	for _, slot := range slots {
		from := 0
		if slot == fresh.slot {
			from = fresh.parts
		}
		_ = e.clear(slot, from)
	}
	return nil
}

// saveParts writes a long text to the slot that is not in use, and gives the index for it.
func (e entry) saveParts(text, inUse string) (index, error) {
	fresh := index{slot: slots[0], sum: sumOf(text)}
	if inUse == fresh.slot {
		fresh.slot = slots[1]
	}
	for ; text != ""; fresh.parts++ {
		length := min(len(text), partLength)
		if err := e.set(e.part(fresh.slot, fresh.parts), text[:length]); err != nil {
			return index{}, err
		}
		text = text[length:]
	}
	return fresh, nil
}

func (e entry) remove() error {
	// The index first: without it, there is no value.
	if err := e.drop(e.name); err != nil {
		return err
	}
	var failures []error
	for _, slot := range slots {
		failures = append(failures, e.clear(slot, 0))
	}
	return errors.Join(failures...)
}

// clear removes the parts of a slot from a number on, the last one first.
func (e entry) clear(slot string, from int) error {
	end := from
	for {
		_, there, err := e.get(e.part(slot, end))
		if err != nil {
			return err
		}
		if !there {
			break
		}
		end++
	}
	for end > from {
		end--
		if err := e.drop(e.part(slot, end)); err != nil {
			return err
		}
	}
	return nil
}
