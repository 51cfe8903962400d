package bench_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/usherhq/usher/sdk/go/calls"
	"github.com/usherhq/usher/sdk/go/usher"
)

// BenchmarkLogin logs in with the Go SDK, next to the two bare requests that a login makes, to the same
// server over loopback. The target is less than 1000 µs on top of them. A session in files is written to
// the disk, too, which takes as long as the disk wants: a bare write of that kind stands beside it.
func BenchmarkLogin(b *testing.B) {
	site := httptest.NewServer(http.HandlerFunc(answerLogin))
	b.Cleanup(site.Close)
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 4}}
	b.Cleanup(client.CloseIdleConnections)
	folder := b.TempDir()
	bare := func() time.Duration { return timeBare(b, site.URL, client) }
	b.Run("memory", func(b *testing.B) {
		for b.Loop() {
			took := medians(500, func() time.Duration { return timeLogin(b, site.URL, client, usher.MemoryStorage()) }, bare)
			b.ReportMetric(microseconds(took[0]-took[1]), "µs-added")
			b.ReportMetric(microseconds(took[1]), "µs-two-requests")
		}
	})
	b.Run("files", func(b *testing.B) {
		logins := 0
		login := func() time.Duration {
			logins++
			return timeLogin(b, site.URL, client, usher.FileStorage(filepath.Join(folder, strconv.Itoa(logins))))
		}
		for b.Loop() {
			took := medians(200, login, bare, func() time.Duration { return timeWrite(b, folder) })
			b.ReportMetric(microseconds(took[0]-took[1]), "µs-added")
			b.ReportMetric(microseconds(took[1]), "µs-two-requests")
			b.ReportMetric(microseconds(took[2]), "µs-bare-write")
		}
	})
}

// medians times subjects that take turns, so that a machine that slows down slows all.
func medians(count int, subjects ...func() time.Duration) []time.Duration {
	took := make([][]time.Duration, len(subjects))
	for range count {
		for i, subject := range subjects {
			took[i] = append(took[i], subject())
		}
	}
	middle := make([]time.Duration, len(subjects))
	for i := range took {
		slices.Sort(took[i])
		middle[i] = took[i][count/2]
	}
	return middle
}

func microseconds(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// timeLogin is how long a new client's login takes.
func timeLogin(b *testing.B, host string, client *http.Client, storage usher.Storage) time.Duration {
	b.Helper()
	app, err := calls.New(calls.Config{AppID: "bench", Host: host}, calls.WithStorage(storage), calls.WithHTTPClient(client))
	if err != nil {
		b.Fatal(err)
	}
	defer app.Close()
	began := time.Now()
	if _, err := app.Login(context.Background(), "ann", "key"); err != nil {
		b.Fatal(err)
	}
	return time.Since(began)
}

// timeBare is how long the same two requests take without an SDK.
func timeBare(b *testing.B, host string, client *http.Client) time.Duration {
	b.Helper()
	began := time.Now()
	for _, one := range [][3]string{
		{http.MethodPost, "/users/ann/auth_tokens", "apiKey"},
		{http.MethodPut, "/me", "authToken"},
	} {
		request, err := http.NewRequest(one[0], host+one[1], strings.NewReader(deviceOfLogin))
		if err != nil {
			b.Fatal(err)
		}
		request.Header.Set("appId", "bench")
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set(one[2], "key")
		response, err := client.Do(request)
		if err != nil {
			b.Fatal(err)
		}
		_, err = io.Copy(io.Discard, response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != http.StatusOK {
			b.Fatal(response.Status, err)
		}
	}
	return time.Since(began)
}

// timeWrite is how long a file of a session's size takes to be on the disk under its name.
func timeWrite(b *testing.B, folder string) time.Duration {
	b.Helper()
	began := time.Now()
	file, err := os.CreateTemp(folder, "unfinished-*")
	if err != nil {
		b.Fatal(err)
	}
	_, err = file.WriteString(deviceOfLogin)
	directory, missing := os.Open(folder)
	err = errors.Join(err, missing, file.Sync(), file.Close(), os.Rename(file.Name(), filepath.Join(folder, "session")),
		directory.Sync(), directory.Close())
	if err != nil {
		b.Fatal(err)
	}
	return time.Since(began)
}

const deviceOfLogin = `{"platform":"GO","deviceId":"bench_3f2b8f3e-58d4-4f1c-9d1a-6f0c6a7f1b11_1700000000000",` +
	`"appInfo":{"version":"v0.1.0","apiVersion":"v3.0","userAgent":"usher-go/0.1.0 (linux; amd64)"}}`

// answerLogin is a server that costs nothing.
func answerLogin(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/json")
	const user = `"uid":"ann","name":"Ann","role":"default","status":"available","createdAt":1700000000`
	const token = `"authToken":"ann_1700000000aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"`
	fmt.Fprintf(w, `{"data":{%s,%s}}`, user, token)
}
