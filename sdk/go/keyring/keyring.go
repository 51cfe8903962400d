// Package keyring keeps the sessions of packages calls and chat in the keyring of the operating system: the
// Keychain of macOS, the Credential Manager of Windows, or a Secret Service (GNOME Keyring, KWallet,
// KeePassXC) elsewhere.
//
// It is a module of its own, so that a program that does without it does without its dependencies.
package keyring

import (
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/usherhq/usher/sdk/go/usher"
	oskeyring "github.com/zalando/go-keyring"
)

// timeLimit is for one call of a Storage: a person may have to unlock the keyring.
const timeLimit = time.Minute

// maxServiceLength is in bytes; see partLength.
const maxServiceLength = 100

// New gives a storage for calls.WithStorage. The service is the name of the program, 1 to 100
// letters, digits, -, _ and dots, under which people see the entries in their keyring: programs with
// different names do not see each other's sessions. Within a service, entries are told apart by app
// and server.
//
// Load says that there is nothing only when the keyring says so; a keyring that cannot be asked (there
// is none, it stays locked, it does not answer within a minute) is an error. An entry that others have
// damaged is given as a value that no client can read, so that the next login replaces it.
//
// Values of any size are kept: what is too long for one entry is split, and replaced all at once.
//
// The storage is for one process at a time. Processes that share a session need usher.FileStorage.
func New(service string) (usher.Storage, error) {
	if service == "" || len(service) > maxServiceLength || strings.ContainsFunc(service, notInService) {
		return nil, errors.New("keyring: the service is not 1 to 100 letters, digits, -, _ and dots")
	}
	return &storage{service: service, ring: osRing{}, free: freeRing}, nil
}

func notInService(r rune) bool { return notInName(r) && r != '_' && r != '.' }

// ring is a keyring: texts by service and name. What is not there is oskeyring.ErrNotFound.
type ring interface {
	Get(service, name string) (string, error)
	Set(service, name, text string) error
	Delete(service, name string) error
}

// osRing is the keyring of the operating system, or what the library's MockInit puts in its place.
type osRing struct{}

func (osRing) Get(service, name string) (string, error) { return oskeyring.Get(service, name) }
func (osRing) Set(service, name, text string) error     { return oskeyring.Set(service, name, text) }
func (osRing) Delete(service, name string) error        { return oskeyring.Delete(service, name) }

// freeRing holds something while nobody uses the keyring. The process has one, since the library
// mixes up the answers to two prompts of a Secret Service.
var freeRing = func() chan struct{} {
	free := make(chan struct{}, 1)
	free <- struct{}{}
	return free
}()

type storage struct {
	service string
	ring    ring
	free    chan struct{}
}

// Load gives the value of key, or nil.
func (s *storage) Load(key string) ([]byte, error) {
	return s.use(key, entry.load)
}

// Save replaces the value of key as a whole, or fails and leaves the old one.
func (s *storage) Save(key string, value []byte) error {
	value = slices.Clone(value)
	_, err := s.use(key, func(e entry) ([]byte, error) { return nil, e.save(value) })
	return err
}

// Delete removes the value of key.
func (s *storage) Delete(key string) error {
	_, err := s.use(key, func(e entry) ([]byte, error) { return nil, e.remove() })
	return err
}

// errNoAnswer is for a keyring that waits for a person, or for ever.
var errNoAnswer = errors.New("keyring: no answer within " + timeLimit.String())

// use works on the entry of a key, alone and for a limited time. What goes on after that changes
// nothing any more, but for a change that the keyring was asked for already.
func (s *storage) use(key string, work func(entry) ([]byte, error)) ([]byte, error) {
	late := time.NewTimer(timeLimit)
	defer late.Stop()
	select {
	case <-s.free:
	case <-late.C:
		return nil, errNoAnswer
	}
	type result struct {
		value []byte
		err   error
	}
	done := make(chan result, 1)
	e := entry{ring: s.ring, service: s.service, name: nameOf(key), abandoned: new(atomic.Bool)}
	go func() {
		defer func() { s.free <- struct{}{} }()
		value, err := work(e)
		done <- result{value, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-late.C:
		e.abandoned.Store(true)
		return nil, errNoAnswer
	}
}
