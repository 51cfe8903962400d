package usher_test

import (
	"path/filepath"
	"testing"

	"github.com/usherhq/usher/sdk/go/usher"
)

func TestStorages(t *testing.T) {
	t.Parallel()
	storages := map[string]usher.Storage{
		"memory": usher.MemoryStorage(),
		"file":   usher.FileStorage(filepath.Join(t.TempDir(), "made", "when needed")),
	}
	for name, storage := range storages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := func(key, value string) {
				t.Helper()
				got, err := storage.Load(key)
				if err != nil || string(got) != value || (got == nil) != (value == "") {
					t.Errorf("Load(%q) = %q, %v; want %q", key, got, err, value)
				}
			}
			must := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			want("session a@https://x", "")
			must(storage.Delete("session a@https://x"))
			must(storage.Save("session a@https://x", []byte("one")))
			must(storage.Save("session a@https:/_x", []byte("two"))) // reads alike
			want("session a@https://x", "one")
			want("session a@https:/_x", "two")
			must(storage.Save("session a@https://x", []byte("three")))
			want("session a@https://x", "three")
			must(storage.Delete("session a@https://x"))
			want("session a@https://x", "")
			want("session a@https:/_x", "two")
		})
	}
}
