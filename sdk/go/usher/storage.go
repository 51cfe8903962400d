package usher

import (
	"slices"
	"sync"
)

// Storage keeps a client's entries between runs of the program. One storage may serve several
// clients: their keys name the app and the server.
//
// A client writes one entry at a time but may read while it writes. The methods must not log in or
// out with the client that they serve.
type Storage interface {
	// Load gives the value of key; nil, and no error, when there is none.
	Load(key string) ([]byte, error)
	// Save replaces the value of key. After an error the old value must still be there. Values hold
	// credentials.
	Save(key string, value []byte) error
	// Delete removes the value of key. It is no error when there is none.
	Delete(key string) error
}

// SharedStorage is a Storage that other processes may use at the same time. A client with one follows
// what the others do: the getters look into the storage each time, and listeners hear of changes
// within a second.
type SharedStorage interface {
	Storage
	// Lock waits until nobody else has the lock, for a limited time, and takes it until unlock is
	// called or the process ends, however it ends. A client holds it only while it writes.
	Lock() (unlock func(), err error)
}

// MemoryStorage keeps sessions until the program ends, for tests and for programs that have no
// place to write to.
func MemoryStorage() Storage {
	return &memoryStorage{values: make(map[string][]byte)}
}

type memoryStorage struct {
	mu     sync.Mutex
	values map[string][]byte
}

func (s *memoryStorage) Load(key string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.values[key]), nil
}

func (s *memoryStorage) Save(key string, value []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values[key] = slices.Clone(value)
	return nil
}

func (s *memoryStorage) Delete(key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.values, key)
	return nil
}
