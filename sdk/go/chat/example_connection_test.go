package chat_test

import (
	"context"
	"fmt"
	"log"

	"github.com/usherhq/usher/sdk/go/chat"
	"github.com/usherhq/usher/sdk/go/internal/servertest"
	"github.com/usherhq/usher/sdk/go/usher"
)

// bobArrives has another user connect, and gives their client.
func bobArrives(server *servertest.Server) *chat.Client {
	bob := loggedIn(server, chat.WithAutoConnect(false))
	if _, err := bob.Login(context.Background(), "bob", servertest.APIKey); err != nil {
		log.Fatal(err)
	}
	if err := bob.Connect(context.Background()); err != nil {
		log.Fatal(err)
	}
	return bob
}

// The status is for a light in a corner; listeners hear of its changes.
func ExampleClient_GetConnectionStatus() {
	server := servertest.Start()
	defer server.Close()
	client := loggedIn(server)
	defer client.Close()

	if err := client.Connect(context.Background()); err != nil { // waits for the connection that a login opens
		log.Fatal(err)
	}
	fmt.Println(client.GetConnectionStatus())
	_, _ = client.Logout(context.Background())
	fmt.Println(client.GetConnectionStatus())
	// Output:
	// connected
	// disconnected
}

// An app that wants to decide by itself when its user is online.
func ExampleWithAutoConnect() {
	server := servertest.Start()
	defer server.Close()
	client := loggedIn(server, chat.WithAutoConnect(false))
	defer client.Close()

	fmt.Println(client.GetConnectionStatus())
	if err := client.Connect(context.Background()); err != nil {
		log.Fatal(err)
	}
	fmt.Println(client.GetConnectionStatus(), server.Online())
	// Output:
	// disconnected
	// connected [ann]
}

// Connect waits for the connection, for as long as its context lets it.
func ExampleClient_Connect() {
	server := servertest.Start()
	defer server.Close()
	client := loggedIn(server, chat.WithAutoConnect(false))
	defer client.Close()

	fmt.Println(client.Connect(context.Background()))
	_, _ = client.Logout(context.Background())
	fmt.Println(usher.CodeOf(client.Connect(context.Background())))
	// Output:
	// <nil>
	// USER_NOT_LOGGED_IN
}

// An app that goes to the background takes its user offline, and leaves them logged in.
func ExampleClient_Disconnect() {
	server := servertest.Start()
	defer server.Close()
	client := loggedIn(server)
	defer client.Close()

	client.Disconnect()
	fmt.Println(client.GetConnectionStatus(), client.GetLoggedInUser().Name)
	// Output: disconnected Ann
}

// A connection that is lost comes back by itself.
func ExampleClient_AddConnectionListener() {
	server := servertest.Start()
	defer server.Close()
	client := loggedIn(server, chat.WithAutoConnect(false))
	defer client.Close()

	heard := make(chan string)
	client.AddConnectionListener("light", usher.ConnectionListener{
		Connecting:   func() { heard <- "connecting" },
		Connected:    func() { heard <- "connected" },
		Disconnected: func() { heard <- "disconnected" },
	})
	go func() { _ = client.Connect(context.Background()) }()
	fmt.Println(<-heard)
	fmt.Println(<-heard)
	server.Cut() // the network breaks
	fmt.Println(<-heard)
	fmt.Println(<-heard)
	fmt.Println(<-heard)
	// Output:
	// connecting
	// connected
	// disconnected
	// connecting
	// connected
}

// A part of an app that goes away takes its listener with it.
func ExampleClient_RemoveConnectionListener() {
	server := servertest.Start()
	defer server.Close()
	client := loggedIn(server, chat.WithAutoConnect(false))
	defer client.Close()

	heard := make(chan string, 2)
	for _, id := range []string{"page", "light"} {
		client.AddConnectionListener(id, usher.ConnectionListener{Connected: func() { heard <- id }})
	}
	client.RemoveConnectionListener("page")
	if err := client.Connect(context.Background()); err != nil {
		log.Fatal(err)
	}
	fmt.Println(<-heard)
	// Output: light
}

// Whoever subscribes to presence hears who comes and goes.
func ExampleClient_AddUserListener() {
	server := servertest.Start()
	defer server.Close()
	client := loggedIn(server)
	defer client.Close()

	heard := make(chan string)
	client.AddUserListener("contacts", usher.UserListener{
		UserOnline:  func(user *usher.User) { heard <- user.Name + " is " + string(user.Status) },
		UserOffline: func(user *usher.User) { heard <- user.Name + " is " + string(user.Status) },
	})
	if err := client.Connect(context.Background()); err != nil {
		log.Fatal(err)
	}
	bob := bobArrives(server)
	fmt.Println(<-heard)
	bob.Close()
	fmt.Println(<-heard)
	// Output:
	// Bob is online
	// Bob is offline
}

// A listener that was removed hears nothing any more.
func ExampleClient_RemoveUserListener() {
	server := servertest.Start()
	defer server.Close()
	client := loggedIn(server)
	defer client.Close()

	heard := make(chan string, 2)
	for _, id := range []string{"page", "contacts"} {
		client.AddUserListener(id, usher.UserListener{UserOnline: func(user *usher.User) { heard <- id + ": " + user.UID }})
	}
	client.RemoveUserListener("page")
	if err := client.Connect(context.Background()); err != nil {
		log.Fatal(err)
	}
	defer bobArrives(server).Close()
	fmt.Println(<-heard)
	// Output: contacts: bob
}
