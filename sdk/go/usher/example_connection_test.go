package usher_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/usherhq/usher/sdk/go/calls"
	"github.com/usherhq/usher/sdk/go/internal/servertest"
	"github.com/usherhq/usher/sdk/go/usher"
)

// A light shows how the connection is.
func ExampleConnectionListener() {
	server := servertest.Start()
	defer server.Close()
	client := loggedIn(server)
	defer client.Close()

	light := make(chan usher.ConnectionStatus)
	client.AddConnectionListener("light", usher.ConnectionListener{
		Connecting:   func() { light <- usher.Connecting },
		Connected:    func() { light <- usher.Connected },
		Disconnected: func() { light <- usher.Disconnected },
	})
	go func() { _ = client.Connect(context.Background()) }()
	fmt.Println(<-light, <-light)
	client.Disconnect()
	fmt.Println(<-light)
	// Output:
	// connecting connected
	// disconnected
}

// A status is shown as it is.
func ExampleConnectionStatus() {
	server := servertest.Start()
	defer server.Close()
	client := loggedIn(server)
	defer client.Close()

	status := client.ConnectionStatus()
	fmt.Println(status, status == usher.Disconnected)
	// Output: disconnected true
}

// Contacts show who is there.
func ExampleUserListener() {
	server := servertest.Start()
	defer server.Close()
	client, bob := loggedIn(server), loggedIn(server)
	defer client.Close()
	ctx := context.Background()
	if _, err := bob.Login(ctx, "bob", servertest.APIKey); err != nil {
		log.Fatal(err)
	}

	contacts := make(chan string)
	client.AddUserListener("contacts", usher.UserListener{
		UserOnline:  func(user *usher.User) { contacts <- user.Name + " is here" },
		UserOffline: func(user *usher.User) { contacts <- fmt.Sprint(user.Name, " was here until ", user.LastActiveAt) },
	})
	if err := errors.Join(client.Connect(ctx), bob.Connect(ctx)); err != nil {
		log.Fatal(err)
	}
	fmt.Println(<-contacts)
	bob.Close()
	fmt.Println(<-contacts)
	// Output:
	// Bob is here
	// Bob was here until 1700000300
}

// A subscription to roles names them.
func ExampleSubscription() {
	server := servertest.Start()
	defer server.Close()

	subscription := usher.SubscribeRoles
	_, err := calls.New(
		calls.Config{AppID: servertest.AppID, Host: server.Host()},
		calls.WithStorage(usher.MemoryStorage()), calls.WithPresence(subscription),
	)
	fmt.Println(usher.CodeOf(err))
	// Output: ERROR_INVALID_SETTINGS
}

// loggedIn is a client with ann logged in, and not connected yet.
func loggedIn(server *servertest.Server) *calls.Client {
	client, err := calls.New(
		calls.Config{AppID: servertest.AppID, Host: server.Host()},
		calls.WithStorage(usher.MemoryStorage()), calls.WithAutoConnect(false), calls.WithPresence(usher.SubscribeAllUsers),
	)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := client.Login(context.Background(), "ann", servertest.APIKey); err != nil {
		log.Fatal(err)
	}
	return client
}
