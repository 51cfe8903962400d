package admin_test

import (
	"context"
	"fmt"
	"log"

	"github.com/usherhq/usher/sdk/go/admin"
	"github.com/usherhq/usher/sdk/go/internal/servertest"
	"github.com/usherhq/usher/sdk/go/usher"
)

// What a back end does when a person logs in to it: the user is created at the first time, and the
// app gets a token.
func Example() {
	server := servertest.Start() // in a back end: the address of your own server
	defer server.Close()

	client, err := admin.New(admin.Config{
		AppID:  servertest.AppID,
		Host:   server.Host(),
		APIKey: servertest.APIKey, // from the back end's configuration, never from an app
	})
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	_, err = client.Users.Create(ctx, admin.NewUser{UID: "carl", Name: "Carl"})
	if err != nil && usher.CodeOf(err) != usher.CodeUIDTaken {
		log.Fatal(err)
	}
	token, err := client.AuthTokens.Issue(ctx, "carl", admin.IssueOptions{Force: true})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token, "of", len(token.Token), "characters")
	// Output: auth token of carl of 45 characters
}
