package chat_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"

	"github.com/usherhq/usher/sdk/go/chat"
	"github.com/usherhq/usher/sdk/go/internal/servertest"
	"github.com/usherhq/usher/sdk/go/usher"
)

// For development only: in production the app's back end creates users.
func ExampleClient_CreateUser() {
	server := servertest.Start()
	defer server.Close()
	client := loggedIn(server)
	defer client.Close()

	user := usher.User{UID: "user1", Name: "Kevin", Metadata: json.RawMessage(`{"team": "blue"}`)}
	created, err := client.CreateUser(context.Background(), user, servertest.APIKey)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("User created:", created.UID, created.Name)
	_, err = client.CreateUser(context.Background(), user, servertest.APIKey)
	fmt.Println(usher.CodeOf(err))
	// Output:
	// User created: user1 Kevin
	// ERR_UID_ALREADY_EXISTS
}

// Only what is named changes; a pointer to the empty text clears.
func ExampleClient_UpdateUser() {
	server := servertest.Start()
	defer server.Close()
	client := loggedIn(server)
	defer client.Close()

	changes := chat.UserChanges{Avatar: new("https://example.com/bob.webp"), StatusMessage: new("")}
	user, err := client.UpdateUser(context.Background(), "bob", changes, servertest.APIKey)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(user.Name, user.Avatar)
	// Output: Bob https://example.com/bob.webp
}

// A user changes their own profile without a key.
func ExampleClient_UpdateCurrentUserDetails() {
	server := servertest.Start()
	defer server.Close()
	client := loggedIn(server)
	defer client.Close()

	_, err := client.UpdateCurrentUserDetails(context.Background(), chat.UserChanges{StatusMessage: new("Back soon")})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client.GetLoggedInUser().StatusMessage)
	// Output: Back soon
}

// A user as the one who is in sees them.
func ExampleClient_GetUser() {
	server := servertest.Start()
	defer server.Close()
	client := loggedIn(server)
	defer client.Close()

	for _, uid := range []string{"bob", "nobody"} {
		user, err := client.GetUser(context.Background(), uid)
		if err != nil {
			fmt.Println(usher.CodeOf(err))
			continue
		}
		fmt.Println(user.Name, user.BlockedByMe)
	}
	// Output:
	// Bob false
	// ERR_UID_NOT_FOUND
}

// Pages are fetched as the loop comes to them.
func ExampleClient_Users() {
	server := servertest.Start()
	defer server.Close()
	client := loggedIn(server)
	defer client.Close()

	for user, err := range client.Users(context.Background(), chat.UsersRequest{Limit: 30, SortBy: "name"}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(user.UID, user.Name)
	}
	// Output:
	// ann Ann
	// bob Bob
}

// Each user has an outcome of their own.
func ExampleClient_BlockUsers() {
	server := servertest.Start()
	defer server.Close()
	client := loggedIn(server)
	defer client.Close()

	var outcomes map[string]chat.BlockOutcome
	outcomes, err := client.BlockUsers(context.Background(), []string{"bob", "nobody"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(outcomes["bob"].Success, outcomes["nobody"].Success)
	// Output: true false
}

// What was blocked can be taken back.
func ExampleClient_UnblockUsers() {
	server := servertest.Start()
	defer server.Close()
	client := loggedIn(server)
	defer client.Close()

	ctx := context.Background()
	_, _ = client.BlockUsers(ctx, []string{"bob"})
	outcomes, err := client.UnblockUsers(ctx, []string{"bob"})
	if err != nil {
		log.Fatal(err)
	}
	user, err := client.GetUser(ctx, "bob")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(outcomes["bob"].Success, user.BlockedByMe)
	// Output: true false
}

// Who is blocked, by whom.
func ExampleClient_BlockedUsers() {
	server := servertest.Start()
	defer server.Close()
	client := loggedIn(server)
	defer client.Close()

	ctx := context.Background()
	_, _ = client.BlockUsers(ctx, []string{"bob"})
	for _, direction := range []chat.BlockDirection{chat.BlockedByMe, chat.HasBlockedMe} {
		count := 0
		for _, err := range client.BlockedUsers(ctx, chat.BlockedUsersRequest{Direction: direction}) {
			if err != nil {
				log.Fatal(err)
			}
			count++
		}
		fmt.Println(direction, count)
	}
	// Output:
	// blockedByMe 1
	// hasBlockedMe 0
}
