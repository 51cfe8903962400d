package keyring_test

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/usherhq/usher/sdk/go/calls"
	"github.com/usherhq/usher/sdk/go/internal/servertest"
	"github.com/usherhq/usher/sdk/go/usher"
	oskeyring "github.com/zalando/go-keyring"

	"github.com/usherhq/usher/sdk/go/keyring"
)

// realKeyring makes the tests use the keyring of the operating system, under a service of their own.
const realKeyring = "USHER_TEST_KEYRING"

func TestMain(m *testing.M) {
	if os.Getenv(realKeyring) == "" {
		oskeyring.MockInit()
	}
	code := m.Run()
	if err := oskeyring.DeleteAll("my-app"); err != nil { // of the example
		code = 1
	}
	os.Exit(code)
}

// fresh gives a storage whose entries are gone after the test.
func fresh(t *testing.T) usher.Storage {
	t.Helper()
	service := "usher-test-" + t.Name()
	storage, err := keyring.New(service)
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv(realKeyring) != "" {
		t.Cleanup(func() {
			if err := oskeyring.DeleteAll(service); err != nil {
				t.Error(err)
			}
		})
	}
	return storage
}

func wantValue(t *testing.T, storage usher.Storage, key string, value []byte) {
	t.Helper()
	got, err := storage.Load(key)
	if err != nil || !bytes.Equal(got, value) || (got == nil) != (value == nil) {
		t.Fatalf("Load(%q) gives %d bytes, nil: %v, %v; want %d, nil: %v", key, len(got), got == nil, err, len(value), value == nil)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestValuesOfAnySizeAreKept(t *testing.T) {
	t.Parallel()
	storage := fresh(t)
	const key, other = "session app-1 https://a.example.com/v3", "session app-1 https:/_a.example.com/v3" // they read alike
	wantValue(t, storage, key, nil)
	must(t, storage.Delete(key))
	must(t, storage.Save(other, []byte("other")))
	for _, size := range []int{10, 0, 1349, 1350, 1351, 9000, 1, 20_000, 8000, 8000, 3000} {
		value := bytes.Repeat([]byte{0, 0xff, '"', '\n'}, size)[:size]
		must(t, storage.Save(key, value))
		wantValue(t, storage, key, value)
	}
	must(t, storage.Delete(key))
	wantValue(t, storage, key, nil)
	wantValue(t, storage, other, []byte("other"))
}

func TestServicesDoNotSeeEachOther(t *testing.T) {
	t.Parallel()
	mine := fresh(t)
	theirs, err := keyring.New("usher-test-somebody-else")
	must(t, err)
	must(t, mine.Save("key", []byte("mine")))
	wantValue(t, theirs, "key", nil)
	must(t, theirs.Delete("key"))
	wantValue(t, mine, "key", []byte("mine"))
}

func TestBadServicesAreRefused(t *testing.T) {
	t.Parallel()
	for _, service := range []string{"", "a b", "a/b", "é", "a\n", strings.Repeat("a", 101)} {
		if _, err := keyring.New(service); err == nil {
			t.Errorf("the service %q was accepted", service)
		}
	}
}

// newClient is a start of the program.
func newClient(t *testing.T, app, host string, storage usher.Storage) (*calls.Client, error) {
	t.Helper()
	client, err := calls.New(calls.Config{AppID: app, Host: host}, calls.WithStorage(storage))
	if err == nil {
		t.Cleanup(client.Close)
	}
	return client, err
}

func TestASessionOutlivesTheProgram(t *testing.T) {
	t.Parallel()
	server := servertest.Start()
	t.Cleanup(server.Close)
	storage := fresh(t)
	client, err := newClient(t, servertest.AppID, server.Host(), storage)
	must(t, err)
	_, err = client.LoginWithAuthToken(t.Context(), servertest.Token)
	must(t, err)

	again, err := newClient(t, servertest.AppID, server.Host(), storage)
	must(t, err)
	if user := again.LoggedInUser(); user == nil || user.UID != "ann" {
		t.Errorf("user = %v", user)
	}
	for name, place := range map[string][2]string{"app": {"app-2", server.Host()}, "server": {servertest.AppID, server.Host() + ".0"}} {
		other, err := newClient(t, place[0], place[1], storage)
		must(t, err)
		if other.IsUserLoggedIn() {
			t.Errorf("the session is seen from another %s", name)
		}
	}
	_, err = again.Logout(t.Context())
	must(t, err)
	last, err := newClient(t, servertest.AppID, server.Host(), storage)
	must(t, err)
	if last.IsUserLoggedIn() {
		t.Error("the session is back after a logout")
	}
}

// A keyring that fails is no keyring without a session.
func TestAFailingReadIsNotNobody(t *testing.T) {
	t.Parallel()
	locked := errors.New("locked")
	storage := keyring.On(&memory{fail: func(int) error { return locked }})
	value, err := storage.Load("key")
	if !errors.Is(err, locked) || value != nil {
		t.Errorf("Load = %q, %v", value, err)
	}
	if err := storage.Save("key", nil); !errors.Is(err, locked) {
		t.Errorf("Save: %v", err)
	}
	if err := storage.Delete("key"); !errors.Is(err, locked) {
		t.Errorf("Delete: %v", err)
	}
	_, err = newClient(t, "app-1", "http://127.0.0.1:1", storage)
	if usher.CodeOf(err) != usher.CodeStorageFailed || !errors.Is(err, locked) {
		t.Errorf("New: %v", err)
	}
}

// hanging is a keyring whose prompt nobody answers, until it is released.
type hanging struct {
	memory

	release chan struct{}
}

func (h *hanging) Get(service, name string) (string, error) {
	<-h.release
	return h.memory.Get(service, name)
}

func TestAKeyringThatWaitsIsGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ring := &hanging{release: make(chan struct{})}
		storage := keyring.On(ring)
		began := time.Now()
		if err := storage.Save("key", []byte("late")); err == nil || time.Since(began) != time.Minute {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		// The next one waits for the first, whose prompt is still there.
		if value, err := storage.Load("key"); err == nil || time.Since(began) != 2*time.Minute {
			t.Errorf("after %v: %q, %v", time.Since(began), value, err)
		}
		close(ring.release)
		synctest.Wait()
		// What was reported as failed must not happen later.
		wantValue(t, storage, "key", nil)
	})
}
