package keyring_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/usherhq/usher/sdk/go/internal/servertest"
	oskeyring "github.com/zalando/go-keyring"

	"github.com/usherhq/usher/sdk/go/keyring"
)

// memory is a keyring with the limits of the narrowest ones. The n-th call of it fails as fail says.
type memory struct {
	texts map[string]string
	calls int
	fail  func(n int) error
}

func (m *memory) step() error {
	m.calls++
	if m.fail == nil {
		return nil
	}
	return m.fail(m.calls)
}

func (m *memory) Get(_, name string) (string, error) {
	if err := m.step(); err != nil {
		return "", err
	}
	text, there := m.texts[name]
	if !there {
		return "", oskeyring.ErrNotFound
	}
	return text, nil
}

func (m *memory) Set(service, name, text string) error {
	if err := m.step(); err != nil {
		return err
	}
	// The limits of Windows, and the command of macOS, where the text is in base64 once more.
	command := len("add-generic-password -U -s  -a  -w \n") + len(service) + len(name) + len("go-keyring-base64:") + base64.StdEncoding.EncodedLen(len(text))
	if len(text) > 2560 || len(name) > 513 || command > 4096 {
		return oskeyring.ErrSetDataTooBig
	}
	if m.texts == nil {
		m.texts = map[string]string{}
	}
	m.texts[name] = text
	return nil
}

func (m *memory) Delete(_, name string) error {
	if err := m.step(); err != nil {
		return err
	}
	if _, there := m.texts[name]; !there {
		return oskeyring.ErrNotFound
	}
	delete(m.texts, name)
	return nil
}

// longKey has a host as long as a host name may be, and a long path.
var longKey = "session " + strings.Repeat("a", 63) + "@https://" + strings.Repeat("h", 253) + ":65535/" + strings.Repeat("p", 2000)

// Whenever the keyring breaks off, and for good or once: a value is replaced or it is not, and no
// part of one is left behind in the end.
func TestAnInterruptedChangeIsDoneOrNot(t *testing.T) {
	t.Parallel()
	values := [][]byte{nil, []byte("short"), bytes.Repeat([]byte("long"), 1000), bytes.Repeat([]byte("longer"), 2000)}
	for from, old := range values {
		for to, next := range values {
			for at := 1; ; at++ {
				ring := &memory{}
				storage := keyring.On(ring)
				must(t, change(storage, bytes.Repeat([]byte("first"), 3000)))
				must(t, change(storage, old))
				ring.calls = 0
				ring.fail = func(n int) error {
					if n < at {
						return nil
					}
					return errors.New("gone")
				}
				err := change(storage, next)
				finished := ring.calls < at
				ring.fail = nil
				got, loadErr := storage.Load(longKey)
				must(t, loadErr)
				switch {
				// What is removed is gone once the index is; only its parts may be left.
				case err != nil && next == nil && got == nil:
				case err != nil && !same(got, old):
					t.Fatalf("from %d to %d, interrupted at %d: %d bytes after an error", from, to, at, len(got))
				case err == nil && !same(got, next):
					t.Fatalf("from %d to %d, interrupted at %d: %d bytes after a success", from, to, at, len(got))
				}
				must(t, storage.Delete(longKey))
				if len(ring.texts) > 0 {
					t.Fatalf("from %d to %d, interrupted at %d: %v is left", from, to, at, slices.Sorted(maps.Keys(ring.texts)))
				}
				if finished {
					break
				}
			}
		}
	}
}

func change(storage interface {
	Save(string, []byte) error
	Delete(string) error
}, value []byte,
) error {
	if value == nil {
		return storage.Delete(longKey)
	}
	return storage.Save(longKey, value)
}

func same(one, other []byte) bool { return bytes.Equal(one, other) && (one == nil) == (other == nil) }

func TestAReplacedValueLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	ring := &memory{}
	storage := keyring.On(ring)
	must(t, storage.Save(longKey, bytes.Repeat([]byte("long"), 2000)))
	must(t, storage.Save(longKey, bytes.Repeat([]byte("less"), 1000)))
	if len(ring.texts) != 4 {
		t.Errorf("%d entries for an index and three parts", len(ring.texts))
	}
	must(t, storage.Save(longKey, []byte("short")))
	if len(ring.texts) != 1 {
		t.Errorf("%d entries for a short value", len(ring.texts))
	}
}

// What others did to an entry is not a session, and not a reason never to start again.
func TestADamagedEntryIsReplacedByTheNextLogin(t *testing.T) {
	t.Parallel()
	index := func(names []string) string { return names[0] }
	for name, damage := range map[string]func(texts map[string]string, names []string){
		"part gone":      func(texts map[string]string, names []string) { delete(texts, names[1]) },
		"part changed":   func(texts map[string]string, names []string) { texts[names[1]] = "x" + texts[names[1]][1:] },
		"parts swapped":  func(texts map[string]string, n []string) { texts[n[1]], texts[n[2]] = texts[n[2]], texts[n[1]] },
		"index of later": func(texts map[string]string, names []string) { texts[index(names)] = "3 what nobody knows yet" },
		"index empty":    func(texts map[string]string, names []string) { texts[index(names)] = "" },
		"index odd":      func(texts map[string]string, names []string) { texts[index(names)] = "2 a -1 0" },
		"no base64":      func(texts map[string]string, names []string) { texts[index(names)] = "1 {}" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := servertest.Start()
			t.Cleanup(server.Close)
			ring := &memory{}
			storage := keyring.On(ring)
			key := "session " + servertest.AppID + "@" + server.Host()
			must(t, storage.Save(key, bytes.Repeat([]byte(`{"format":1}`), 200)))
			damage(ring.texts, slices.Sorted(maps.Keys(ring.texts))) // an index and two parts

			again, err := newClient(t, servertest.AppID, server.Host(), storage)
			must(t, err)
			if again.IsUserLoggedIn() {
				t.Error("somebody is logged in")
			}
			_, err = again.LoginWithAuthToken(t.Context(), servertest.Token)
			must(t, err)
			last, err := newClient(t, servertest.AppID, server.Host(), storage)
			must(t, err)
			if !last.IsUserLoggedIn() {
				t.Error("the new session was not restored")
			}
			if value, err := storage.Load(key); err != nil || !bytes.Contains(value, []byte(`"ann"`)) {
				t.Errorf("the entry holds %q, %v", value, err)
			}
		})
	}
}

// Parts of two values, each good by itself, are no value.
func TestPartsOfTwoValuesAreNotPutTogether(t *testing.T) {
	t.Parallel()
	ring := &memory{}
	storage := keyring.On(ring)
	must(t, storage.Save("key", bytes.Repeat([]byte("ann"), 1000)))
	texts := maps.Clone(ring.texts)
	must(t, storage.Save("key", bytes.Repeat([]byte("bob"), 1000)))
	names := slices.Sorted(maps.Keys(ring.texts))
	ring.texts[names[1]] = texts[slices.Sorted(maps.Keys(texts))[1]]
	value, err := storage.Load("key")
	if err != nil || value == nil || bytes.Contains(value, []byte("ann")) || bytes.Contains(value, []byte("bob")) {
		t.Errorf("Load = %.20q, %v", value, err)
	}
}

// changing is a keyring that another process writes to: between two reads, everything is another.
type changing struct{ memory }

func (c *changing) Get(service, name string) (string, error) {
	if _, err := c.memory.Get(service, name); err != nil {
		return "", err
	}
	return fmt.Sprintf("2 a %d ", c.calls) + strings.Repeat("0", 64), nil
}

func TestAnEntryThatChangesAllTheTimeIsNotNobody(t *testing.T) {
	t.Parallel()
	ring := &changing{}
	storage := keyring.On(ring)
	must(t, ring.Set("my-app", "key-2c70e12b7a0646f9", ""))
	if value, err := storage.Load("key"); err == nil {
		t.Errorf("Load = %q", value)
	}
}
