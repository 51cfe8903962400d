package calls_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/usherhq/usher/sdk/go/calls"
	"github.com/usherhq/usher/sdk/go/internal/servertest"
	"github.com/usherhq/usher/sdk/go/usher"
)

// The way of a production app: its own back end hands it an auth token.
func ExampleClient_LoginWithAuthToken() {
	server := servertest.Start() // in an app: the address of your own server
	defer server.Close()

	client, err := calls.New(
		calls.Config{AppID: servertest.AppID, Host: server.Host()},
		calls.WithStorage(calls.MemoryStorage()), // in an app: leave it out, and the session outlives the program
	)
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	user, err := client.LoginWithAuthToken(ctx, servertest.Token)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("Login successful:", user.UID, user.Status)

	message, err := client.Logout(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("Logout successful:", message)
	// Output:
	// Login successful: ann online
	// Logout successful: Goodbye.
}

// The way of development: a uid and an API key.
func ExampleClient_Login() {
	server := servertest.Start()
	defer server.Close()

	client, err := calls.New(
		calls.Config{AppID: servertest.AppID, Host: server.Host()},
		calls.WithStorage(calls.MemoryStorage()),
	)
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	for _, uid := range []string{"cometchat-uid-9", "ann"} {
		user, err := client.Login(ctx, uid, servertest.APIKey)
		switch {
		case errors.Is(err, &usher.Error{Code: usher.CodeUnknownUID}):
			fmt.Println("No such user:", uid)
		case err != nil:
			fmt.Println("Login failed:", usher.CodeOf(err))
		default:
			fmt.Println("Login successful:", user.Name)
		}
	}
	fmt.Println(client.IsUserLoggedIn(), client.LoggedInUser().UID)
	// Output:
	// No such user: cometchat-uid-9
	// Login successful: Ann
	// true ann
}
