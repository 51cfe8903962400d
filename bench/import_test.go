package bench_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/server"
)

// BenchmarkImportUsers runs the commands that move an installation, as processes on SQLite: 100,000
// users go in, and come out as the same bytes. The target is 5,000 users a second, start included.
func BenchmarkImportUsers(b *testing.B) {
	const count = 100_000
	folder := b.TempDir()
	usher := filepath.Join(folder, "usher")
	if out, err := exec.Command("go", "build", "-o", usher, "../cmd/usher").CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	given := filepath.Join(folder, "given.jsonl")
	if err := writeUsers(given, count); err != nil {
		b.Fatal(err)
	}
	for round := 0; b.Loop(); round++ {
		place := filepath.Join(folder, strconv.Itoa(round))
		database := "--database=sqlite:" + filepath.Join(place, "usher.db")
		if err := makeApp(b.Context(), filepath.Join(place, "usher.db")); err != nil {
			b.Fatal(err)
		}
		back := filepath.Join(place, "back.jsonl")
		imported := runFor(b, usher, "import", "users", database, given)
		exported := runFor(b, usher, "export", "users", database, back)
		b.ReportMetric(count/imported.Seconds(), "imported-users/s")
		b.ReportMetric(count/exported.Seconds(), "exported-users/s")
		want, err := os.ReadFile(given)
		if err != nil {
			b.Fatal(err)
		}
		got, err := os.ReadFile(back)
		if err != nil {
			b.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			b.Fatal("what was exported is not what was imported")
		}
	}
}

// runFor runs a command and says how long it took.
func runFor(b *testing.B, name string, arguments ...string) time.Duration {
	b.Helper()
	started := time.Now()
	if out, err := exec.Command(name, arguments...).CombinedOutput(); err != nil {
		b.Fatalf("%v: %v\n%s", arguments, err, out)
	}
	return time.Since(started)
}

// makeApp makes a database with an app without users.
func makeApp(ctx context.Context, path string) error {
	store, err := server.Config{Database: "sqlite:" + path}.OpenStore(ctx, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	_, err = identity.NewService(store, time.Now, rand.Reader).SetUp(ctx, identity.FirstApp{ID: "bench", Region: "us"})
	return errors.Join(err, store.Close())
}

// writeUsers writes users as an export has them, with something in every field.
func writeUsers(path string, count int) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(file)
	for i := range count {
		fmt.Fprintf(out, `{"uid":"user-%07d","name":"Zoë 山田 %[1]d","avatar":"https://img.example.org/%[1]d.png","link":"https://example.org/%[1]d",`+
			`"role":"default","statusMessage":"In a meeting","metadata":{"team":"blue","@private":{"email":"u%[1]d@example.org"}},"tags":["team-%[2]d"],`+
			`"createdAt":%[3]d,"updatedAt":%[4]d,"lastActiveAt":%[5]d`, i, i%100, 1_400_000_000+i, 1_500_000_000+i, 1_600_000_000+i)
		if i%50 == 0 {
			fmt.Fprintf(out, `,"deactivatedAt":%d`, 1_700_000_000+i)
		}
		fmt.Fprintln(out, "}")
	}
	return errors.Join(out.Flush(), file.Close())
}
