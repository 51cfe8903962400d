package calls_test

import (
	"context"
	"fmt"
	"log"

	"github.com/usherhq/usher/sdk/go/calls"
	"github.com/usherhq/usher/sdk/go/internal/servertest"
	"github.com/usherhq/usher/sdk/go/usher"
)

// loggedIn is a client with ann logged in; see the examples of New and Login.
func loggedIn(server *servertest.Server, options ...calls.Option) *calls.Client {
	client, err := calls.New(
		calls.Config{AppID: servertest.AppID, Host: server.Host()},
		append(options, calls.WithStorage(usher.MemoryStorage()))...,
	)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := client.Login(context.Background(), "ann", servertest.APIKey); err != nil {
		log.Fatal(err)
	}
	return client
}

// A logout ends the session here, even where the server cannot be reached.
func ExampleClient_Logout() {
	server := servertest.Start()
	client := loggedIn(server)
	defer client.Close()

	server.Close() // the network is gone
	message, err := client.Logout(context.Background())
	fmt.Println(message, err)
	_, err = client.Logout(context.Background())
	fmt.Println(usher.CodeOf(err))
	// Output:
	// Logged out. <nil>
	// ERROR_NO_USER_LOGGED_IN
}

// Who is in is known at once, without a request.
func ExampleClient_LoggedInUser() {
	server := servertest.Start()
	defer server.Close()
	client := loggedIn(server)
	defer client.Close()

	if user := client.LoggedInUser(); user != nil {
		fmt.Println(user.Name, user.Status)
	}
	// Output: Ann online
}

// An app shows its login page to nobody who is in.
func ExampleClient_IsUserLoggedIn() {
	server := servertest.Start()
	defer server.Close()
	client := loggedIn(server)
	defer client.Close()

	fmt.Println(client.IsUserLoggedIn())
	_, _ = client.Logout(context.Background())
	fmt.Println(client.IsUserLoggedIn())
	// Output:
	// true
	// false
}

// The token is for requests of the app's own to the server. Never print it.
func ExampleClient_UserAuthToken() {
	server := servertest.Start()
	defer server.Close()
	client := loggedIn(server)
	defer client.Close()

	token := client.UserAuthToken()
	fmt.Println(token != "", server.Knows(token))
	// Output: true true
}

// A part of an app that goes away takes its listener with it.
func ExampleClient_RemoveLoginListener() {
	server := servertest.Start()
	defer server.Close()
	client := loggedIn(server)
	defer client.Close()

	heard := make(chan string, 2)
	for _, id := range []string{"page", "badge"} {
		client.AddLoginListener(id, usher.LoginListener{
			LogoutSuccess: func(usher.LogoutReason) { heard <- id },
		})
	}
	client.RemoveLoginListener("page")
	_, _ = client.Logout(context.Background())
	fmt.Println(<-heard)
	// Output: badge
}

// A closed client lets go of everything but what is stored.
func ExampleClient_Close() {
	server := servertest.Start()
	defer server.Close()
	client := loggedIn(server)

	client.Close()
	_, err := client.Logout(context.Background())
	fmt.Println(usher.CodeOf(err))
	// Output: ERROR_SDK_NOT_INITIALIZED
}
