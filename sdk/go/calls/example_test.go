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
		calls.WithStorage(usher.MemoryStorage()), // in an app: leave it out, and the session outlives the program
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
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
		calls.WithStorage(usher.MemoryStorage()),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
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

// Listeners keep a user interface in step with the session, whoever ends it.
func ExampleClient_AddLoginListener() {
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
		LoginSuccess:  func(user *usher.User) { heard <- "welcome, " + user.Name },
		LoginFailure:  func(err error) { heard <- "no: " + string(usher.CodeOf(err)) },
		LogoutSuccess: func(reason usher.LogoutReason) { heard <- "goodbye: " + string(reason) },
	})
	ctx := context.Background()
	_, _ = client.Login(ctx, "", servertest.APIKey)
	fmt.Println(<-heard)
	_, _ = client.Login(ctx, "ann", servertest.APIKey)
	fmt.Println(<-heard)
	_, _ = client.Logout(ctx)
	fmt.Println(<-heard)
	client.RemoveLoginListener("interface")
	// Output:
	// no: ERROR_INVALID_UID
	// welcome, Ann
	// goodbye: userInitiated
}

// An app without a connection asks whether its session is still good.
func ExampleClient_CheckSession() {
	server := servertest.Start()
	defer server.Close()

	client, err := calls.New(
		calls.Config{AppID: servertest.AppID, Host: server.Host()},
		calls.WithStorage(usher.MemoryStorage()), calls.WithAutoConnect(false),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	ctx := context.Background()
	if _, err := client.Login(ctx, "ann", servertest.APIKey); err != nil {
		log.Fatal(err)
	}
	server.End(client.UserAuthToken()) // elsewhere, somebody revokes the token
	_, err = client.CheckSession(ctx)
	switch {
	case usher.EndsSession(err):
		fmt.Println("Log in again:", client.IsUserLoggedIn())
	case err != nil:
		fmt.Println("Try again later:", usher.CodeOf(err))
	default:
		fmt.Println("Still in:", client.LoggedInUser().Name)
	}
	// Output: Log in again: false
}
