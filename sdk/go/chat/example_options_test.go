package chat_test

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/usherhq/usher/sdk/go/chat"
	"github.com/usherhq/usher/sdk/go/internal/servertest"
	"github.com/usherhq/usher/sdk/go/usher"
)

// The settings of an app on a server of one's own; without any option the session outlives the program.
func ExampleNew() {
	client, err := chat.New(
		chat.AppSettings{AppID: "app-1", Host: "https://auth.example.com/v3"},
		chat.WithStorage(usher.MemoryStorage()), // only so that this example leaves nothing behind
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	fmt.Println(client.GetLoggedInUser() == nil)

	_, err = chat.New(chat.AppSettings{AppID: "app-1"})
	fmt.Println(usher.CodeOf(err))
	// Output:
	// true
	// ERROR_INVALID_SETTINGS
}

// A storage that outlives the client brings its session back.
func ExampleWithStorage() {
	server := servertest.Start() // in an app: the address of your own server
	defer server.Close()

	storage := usher.MemoryStorage()
	for range 2 {
		client, err := chat.New(
			chat.AppSettings{AppID: servertest.AppID, Host: server.Host()},
			chat.WithStorage(storage),
		)
		if err != nil {
			log.Fatal(err)
		}
		if user := client.GetLoggedInUser(); user != nil {
			fmt.Println("Still in:", user.Name)
		} else if user, err = client.Login(context.Background(), "ann", servertest.APIKey); err == nil {
			fmt.Println("Logged in:", user.Name)
		}
		client.Close()
	}
	// Output:
	// Logged in: Ann
	// Still in: Ann
}

// Requests may go through a proxy, or trust the certificates of a private authority.
func ExampleWithHTTPClient() {
	server := servertest.Start()
	defer server.Close()

	client, err := chat.New(
		chat.AppSettings{AppID: servertest.AppID, Host: server.Host()},
		chat.WithStorage(usher.MemoryStorage()),
		chat.WithHTTPClient(&http.Client{Transport: &http.Transport{Proxy: http.ProxyFromEnvironment}}),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	user, err := client.Login(context.Background(), "ann", servertest.APIKey)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(user.Name)
	// Output: Ann
}

// A server that does not answer holds nobody up for longer than the limit.
func ExampleWithTimeout() {
	server := servertest.Start()
	defer server.Close()
	server.Before(func(_ http.ResponseWriter, r *http.Request) bool {
		<-r.Context().Done() // it never answers
		return true
	})

	client, err := chat.New(
		chat.AppSettings{AppID: servertest.AppID, Host: server.Host()},
		chat.WithStorage(usher.MemoryStorage()),
		chat.WithTimeout(50*time.Millisecond),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	_, err = client.Login(context.Background(), "ann", servertest.APIKey)
	fmt.Println(usher.CodeOf(err))
	// Output: FAILED_TO_FETCH
}

// What no error tells goes to a logger, such as a stored session that cannot be read.
func ExampleWithLogger() {
	storage := usher.MemoryStorage()
	if err := storage.Save("session app-1@https://auth.example.com/v3", []byte("rubbish")); err != nil {
		log.Fatal(err)
	}
	withoutTime := &slog.HandlerOptions{ReplaceAttr: func(_ []string, attribute slog.Attr) slog.Attr {
		if attribute.Key == slog.LevelKey || attribute.Key == slog.MessageKey {
			return attribute
		}
		return slog.Attr{}
	}}
	client, err := chat.New(
		chat.AppSettings{AppID: "app-1", Host: "https://auth.example.com/v3"},
		chat.WithStorage(storage),
		chat.WithLogger(slog.New(slog.NewTextHandler(os.Stdout, withoutTime))),
	)
	if err != nil {
		log.Fatal(err)
	}
	client.Close()
	// Output: level=WARN msg="the stored session cannot be used; nobody is logged in"
}

// An app that has an id for its device uses that one.
func ExampleWithDeviceID() {
	options := []chat.Option{
		chat.WithStorage(usher.MemoryStorage()),
		chat.WithDeviceID("kiosk 7"),
	}
	_, err := chat.New(chat.AppSettings{AppID: "app-1", Region: "eu"}, options...)
	fmt.Println(usher.CodeOf(err)) // it holds a space

	options[1] = chat.WithDeviceID("kiosk-7")
	client, err := chat.New(chat.AppSettings{AppID: "app-1", Region: "eu"}, options...)
	if err != nil {
		log.Fatal(err)
	}
	client.Close()
	// Output: ERROR_INVALID_SETTINGS
}
