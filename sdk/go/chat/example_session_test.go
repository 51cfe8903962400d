package chat_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/usherhq/usher/sdk/go/chat"
	"github.com/usherhq/usher/sdk/go/internal/servertest"
	"github.com/usherhq/usher/sdk/go/usher"
)

// loggedIn is a client with ann logged in; see the examples of New and Login.
func loggedIn(server *servertest.Server, options ...chat.Option) *chat.Client {
	client, err := chat.New(
		chat.AppSettings{AppID: servertest.AppID, Host: server.Host(), Subscription: usher.SubscribeAllUsers},
		append(options, chat.WithStorage(usher.MemoryStorage()))...,
	)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := client.Login(context.Background(), "ann", servertest.APIKey); err != nil {
		log.Fatal(err)
	}
	return client
}

// The way of development: a uid and an Auth Key, once nobody is in.
func ExampleClient_Login() {
	server := servertest.Start() // in an app: the address of your own server
	defer server.Close()

	client, err := chat.New(
		chat.AppSettings{AppID: servertest.AppID, Host: server.Host(), Subscription: usher.SubscribeAllUsers},
		chat.WithStorage(usher.MemoryStorage()), // in an app: leave it out, and the session outlives the program
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	if client.GetLoggedInUser() == nil {
		user, err := client.Login(context.Background(), "ann", servertest.APIKey)
		if exception, failed := errors.AsType[*usher.Error](err); failed { // or errors.As
			log.Fatal("Login failed with exception: ", exception.Code, exception.Message)
		}
		fmt.Println("Login Successful:", user.Name)
	}
	// Output: Login Successful: Ann
}

// The way of a production app: its own back end hands it an auth token.
func ExampleClient_LoginWithAuthToken() {
	server := servertest.Start()
	defer server.Close()

	client, err := chat.New(
		chat.AppSettings{AppID: servertest.AppID, Host: server.Host()},
		chat.WithStorage(usher.MemoryStorage()),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	user, err := client.LoginWithAuthToken(context.Background(), servertest.Token)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("Login Successful:", user.Name)
	_, err = client.LoginWithAuthToken(context.Background(), "")
	fmt.Println(usher.CodeOf(err))
	// Output:
	// Login Successful: Ann
	// MISSING_PARAMETERS
}

// An app without a connection asks whether its session is still good.
func ExampleClient_CheckSession() {
	server := servertest.Start()
	defer server.Close()
	client := loggedIn(server, chat.WithAutoConnect(false))
	defer client.Close()

	server.End(client.GetUserAuthToken()) // elsewhere, somebody revokes the token
	_, err := client.CheckSession(context.Background())
	fmt.Println(usher.EndsSession(err), client.GetLoggedInUser() == nil)
	// Output: true true
}

// Listeners keep a user interface in step with the session, whoever ends it.
func ExampleClient_AddLoginListener() {
	server := servertest.Start()
	defer server.Close()
	client := loggedIn(server)
	defer client.Close()

	heard := make(chan string)
	client.AddLoginListener("interface", usher.LoginListener{
		LoginSuccess:  func(user *usher.User) { heard <- "loginSuccess " + user.UID },
		LoginFailure:  func(err error) { heard <- "loginFailure " + string(usher.CodeOf(err)) },
		LogoutSuccess: func(reason usher.LogoutReason) { heard <- "logoutSuccess " + string(reason) },
		LogoutFailure: func(err error) { heard <- "logoutFailure " + string(usher.CodeOf(err)) },
	})
	ctx := context.Background()
	_, _ = client.Logout(ctx)
	fmt.Println(<-heard)
	_, _ = client.Logout(ctx)
	fmt.Println(<-heard)
	_, _ = client.Login(ctx, "an n", servertest.APIKey)
	fmt.Println(<-heard)
	_, _ = client.Login(ctx, "ann", servertest.APIKey)
	fmt.Println(<-heard)
	// Output:
	// logoutSuccess userInitiated
	// logoutFailure USER_NOT_LOGGED_IN
	// loginFailure INVALID_UID
	// loginSuccess ann
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
	// USER_NOT_LOGGED_IN
}

// Who is in is known at once, without a request.
func ExampleClient_GetLoggedInUser() {
	server := servertest.Start()
	defer server.Close()
	client := loggedIn(server)
	defer client.Close()

	if user := client.GetLoggedInUser(); user != nil {
		fmt.Println(user.Name, user.Status)
	}
	// Output: Ann online
}

// The token is for requests of the app's own to the server. Never print it.
func ExampleClient_GetUserAuthToken() {
	server := servertest.Start()
	defer server.Close()
	client := loggedIn(server)
	defer client.Close()

	token := client.GetUserAuthToken()
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
	// Output: COMETCHAT_INITIALIZATION_NOT_DONE
}
