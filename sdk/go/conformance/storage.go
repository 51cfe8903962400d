package main

import (
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/usherhq/usher/sdk/go/usher"
)

// storage is the SDK's file storage, which the harness can make fail and look into. Since the names of
// its files do not give the keys back, those are kept beside it.
type storage struct {
	usher.SharedStorage
	keys string

	mu    sync.Mutex
	fails []string
}

func newStorage(directory string, fails []string) *storage {
	return &storage{SharedStorage: usher.FileStorage(directory), keys: directory + ".keys", fails: fails}
}

var errWanted = errors.New("the scenario wants this to fail")

func (s *storage) fail(operations []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fails = operations
}

func (s *storage) failing(operation string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.Contains(s.fails, operation) {
		return errWanted
	}
	return nil
}

// Load reads an entry unless that is to fail.
func (s *storage) Load(key string) ([]byte, error) {
	if err := s.failing("load"); err != nil {
		return nil, err
	}
	return s.SharedStorage.Load(key)
}

// Save writes an entry unless that is to fail.
func (s *storage) Save(key string, value []byte) error {
	if err := s.failing("save"); err != nil {
		return err
	}
	if err := os.MkdirAll(s.keys, 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(s.keys, hex.EncodeToString([]byte(key))), nil, 0o600); err != nil {
		return err
	}
	return s.SharedStorage.Save(key, value)
}

// Delete removes an entry unless that is to fail.
func (s *storage) Delete(key string) error {
	if err := s.failing("remove"); err != nil {
		return err
	}
	return s.SharedStorage.Delete(key)
}

// entries gives everything that is stored.
func (s *storage) entries() (map[string]string, error) {
	files, err := os.ReadDir(s.keys)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	entries := make(map[string]string)
	for _, file := range files {
		key, err := hex.DecodeString(file.Name())
		if err != nil {
			return nil, err
		}
		value, err := s.SharedStorage.Load(string(key))
		if err != nil {
			return nil, err
		}
		if value != nil {
			entries[string(key)] = string(value)
		}
	}
	return entries, nil
}
