package usher_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/usherhq/usher/sdk/go/calls"
	"github.com/usherhq/usher/sdk/go/internal/servertest"
	"github.com/usherhq/usher/sdk/go/usher"
)

// Decide by code, never by message.
func ExampleCodeOf() {
	err := fmt.Errorf("sign up: %w", usher.CheckUID("ann lee"))
	switch usher.CodeOf(err) {
	case usher.CodeInvalidUID, usher.CodeUIDWithSpace:
		fmt.Println("Choose another id.")
	default:
		fmt.Println("Try again later.")
	}
	// Output: Choose another id.
}

// Only the server's word on the auth token ends a session; a bad network does not.
func ExampleEndsSession() {
	revoked := usher.NewError(usher.CodeUnknownAuthToken, nil)
	offline := usher.NewError(usher.CodeNotReached, errors.New("no route to host"))
	fmt.Println(usher.EndsSession(revoked), usher.EndsSession(offline))
	// Output: true false
}

// A program's own check can speak in the SDK's codes.
func ExampleNewError() {
	err := usher.NewError(usher.CodeInvalidUID, errors.New("it is reserved"))
	fmt.Println(err.Code)
	fmt.Println(errors.Unwrap(err))
	// Output:
	// ERROR_INVALID_UID
	// it is reserved
}

// What a server or the SDK refuses is found in whatever wraps it: the exception of the documents.
func ExampleError() {
	err := fmt.Errorf("sign up: %w", &usher.Error{
		Code:    usher.CodeBadRequest,
		Message: "Failed to validate the data sent with the request.",
		Details: map[string][]string{"name": {"The name field is required."}},
	})
	if exception, ok := errors.AsType[*usher.Error](err); ok { // or errors.As
		fmt.Println(exception.Code)
		fmt.Println(exception.Message)
		fmt.Println(exception.Details["name"][0])
	}
	fmt.Println(errors.Is(err, &usher.Error{Code: usher.CodeBadRequest}))
	// Output:
	// ERR_BAD_REQUEST
	// Failed to validate the data sent with the request.
	// The name field is required.
	// true
}

// A code that this version of the SDK has no constant for is a code like any other.
func ExampleCode() {
	const ofTomorrow usher.Code = "ERR_OF_TOMORROW"
	err := &usher.Error{Code: ofTomorrow, Message: "New."}
	fmt.Println(usher.CodeOf(err) == ofTomorrow, err)
	// Output: true ERR_OF_TOMORROW: New.
}

// Forms can say what is wrong before they are sent.
func ExampleCheckUID() {
	for _, uid := range []string{"cometchat-uid-1", "ann lee", "ann?"} {
		fmt.Printf("%q\n", usher.CodeOf(usher.CheckUID(uid)))
	}
	// Output:
	// ""
	// "ERROR_UID_WITH_SPACE"
	// "ERROR_INVALID_UID"
}

// A key that was pasted with its line end is found out before it is sent.
func ExampleCheckAPIKey() {
	fmt.Println(usher.CheckAPIKey("00112233445566778899aabbccddeeff00112233"))
	fmt.Println(usher.CodeOf(usher.CheckAPIKey("00112233\n")))
	// Output:
	// <nil>
	// ERROR_API_KEY_NOT_FOUND
}

// A token is checked for its form only; whether it is alive the server knows.
func ExampleCheckAuthToken() {
	fmt.Println(usher.CheckAuthToken(servertest.Token))
	fmt.Println(usher.CodeOf(usher.CheckAuthToken("")))
	// Output:
	// <nil>
	// ERROR_BLANK_AUTHTOKEN
}

// What a token says about itself may be shown, and must not be relied on.
func ExampleJWTPayload() {
	payload, err := usher.JWTPayload("eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl")
	fmt.Println(string(payload), err)
	// Output: {"sub":"ann"} <nil>
}

// A login gives the user as the server describes them.
func ExampleUser() {
	server := servertest.Start() // in an app: the address of your own server
	defer server.Close()

	client, err := calls.New(
		calls.Config{AppID: servertest.AppID, Host: server.Host()},
		calls.WithStorage(usher.MemoryStorage()),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	var user *usher.User
	if user, err = client.LoginWithAuthToken(context.Background(), servertest.Token); err != nil {
		log.Fatal(err)
	}
	fmt.Println(user.UID, user.Name, user.Role, user.CreatedAt)
	// Output: ann Ann default 1700000000
}

// REST says "available" where the SDKs say "online".
func ExampleStatus() {
	var status usher.Status
	if err := status.UnmarshalText([]byte("available")); err != nil {
		log.Fatal(err)
	}
	fmt.Println(status == usher.StatusOnline)
	// Output: true
}

// A listener keeps a user interface in step with the session, whoever ends it.
func ExampleLoginListener() {
	server := servertest.Start()
	defer server.Close()

	client, err := calls.New(
		calls.Config{AppID: servertest.AppID, Host: server.Host()},
		calls.WithStorage(usher.MemoryStorage()),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	heard := make(chan string)
	client.AddLoginListener("interface", usher.LoginListener{
		LoginSuccess: func(user *usher.User) { heard <- "welcome, " + user.Name },
		LogoutSuccess: func(reason usher.LogoutReason) {
			if reason == usher.ReasonRevoked {
				heard <- "please log in again"
			}
		},
	})
	ctx := context.Background()
	_, _ = client.Login(ctx, "ann", servertest.APIKey)
	fmt.Println(<-heard)
	server.End(client.UserAuthToken()) // elsewhere, somebody revokes the token
	_, _ = client.CheckSession(ctx)
	fmt.Println(<-heard)
	// Output:
	// welcome, Ann
	// please log in again
}

// Programs that run at the same time share a session through a directory.
func ExampleFileStorage() {
	server := servertest.Start()
	defer server.Close()

	directory, err := os.MkdirTemp("", "usher-example-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(directory)
	config := calls.Config{AppID: servertest.AppID, Host: server.Host()}
	one, err := calls.New(config, calls.WithStorage(usher.FileStorage(directory)))
	if err != nil {
		log.Fatal(err)
	}
	defer one.Close()
	other, err := calls.New(config, calls.WithStorage(usher.FileStorage(directory)))
	if err != nil {
		log.Fatal(err)
	}
	defer other.Close()
	if _, err := one.Login(context.Background(), "ann", servertest.APIKey); err != nil {
		log.Fatal(err)
	}
	fmt.Println(other.LoggedInUser().Name)
	// Output: Ann
}

// With a storage in memory a session ends with the program, as tests want it.
func ExampleMemoryStorage() {
	storage := usher.MemoryStorage()
	if err := storage.Save("key", []byte("value")); err != nil {
		log.Fatal(err)
	}
	value, err := storage.Load("key")
	fmt.Println(string(value), err)
	// Output: value <nil>
}

// prefixed keeps entries under names of its own in another storage.
type prefixed struct {
	usher.Storage

	prefix string
}

func (p prefixed) Load(key string) ([]byte, error)     { return p.Storage.Load(p.prefix + key) }
func (p prefixed) Save(key string, value []byte) error { return p.Storage.Save(p.prefix+key, value) }
func (p prefixed) Delete(key string) error             { return p.Storage.Delete(p.prefix + key) }

// A storage of one's own, here one that keeps the sessions of two windows of an app apart.
func ExampleStorage() {
	server := servertest.Start()
	defer server.Close()

	shared := usher.MemoryStorage()
	open := func(window string) *calls.Client {
		var own usher.Storage = prefixed{shared, window + " "}
		client, err := calls.New(calls.Config{AppID: servertest.AppID, Host: server.Host()}, calls.WithStorage(own))
		if err != nil {
			log.Fatal(err)
		}
		return client
	}
	left, right := open("left"), open("right")
	defer left.Close()
	defer right.Close()
	if _, err := left.Login(context.Background(), "ann", servertest.APIKey); err != nil {
		log.Fatal(err)
	}
	fmt.Println(left.IsUserLoggedIn(), right.IsUserLoggedIn())
	// Output: true false
}

// Whoever writes what clients of other processes must see at once holds the lock meanwhile.
func ExampleSharedStorage() {
	directory, err := os.MkdirTemp("", "usher-example-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(directory)
	storage := usher.FileStorage(directory)
	unlock, err := storage.Lock()
	if err != nil {
		log.Fatal(err)
	}
	defer unlock()
	for _, key := range []string{"one", "two"} {
		if err := storage.Save(key, []byte(strings.ToUpper(key))); err != nil {
			log.Fatal(err)
		}
	}
	value, err := storage.Load("two")
	fmt.Println(string(value), err)
	// Output: TWO <nil>
}
