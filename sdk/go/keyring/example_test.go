package keyring_test

import (
	"context"
	"fmt"
	"log"

	"github.com/usherhq/usher/sdk/go/calls"
	"github.com/usherhq/usher/sdk/go/internal/servertest"

	"github.com/usherhq/usher/sdk/go/keyring"
)

// The session of an app, in the keyring of the person who uses it.
func ExampleNew() {
	server := servertest.Start() // in an app: the address of your own server
	defer server.Close()

	storage, err := keyring.New("my-app")
	if err != nil {
		log.Fatal(err)
	}
	for range 2 { // the second one is the next start of the program
		client, err := calls.New(calls.Config{AppID: servertest.AppID, Host: server.Host()}, calls.WithStorage(storage))
		if err != nil {
			log.Fatal(err) // the keyring cannot be asked: nobody knows who is logged in
		}
		defer client.Close()
		if user := client.LoggedInUser(); user != nil {
			fmt.Println("still logged in:", user.Name)
			continue
		}
		user, err := client.LoginWithAuthToken(context.Background(), servertest.Token)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("logged in:", user.Name)
	}
	// Output:
	// logged in: Ann
	// still logged in: Ann
}
