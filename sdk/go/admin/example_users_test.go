package admin_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"

	"github.com/usherhq/usher/sdk/go/admin"
	"github.com/usherhq/usher/sdk/go/usher"
)

// A user may bring a profile, and what the app itself wants to know.
func ExampleUsersService_Create() {
	ctx, client := context.Background(), newClient()

	user, err := client.Users.Create(ctx, admin.NewUser{
		UID: "Mina-42", Name: "Mina Okafor", Metadata: json.RawMessage(`{"team":"blue"}`), Tags: []string{"pilot"},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(user.UID, user.Role, user.Tags)

	_, err = client.Users.Create(ctx, admin.NewUser{UID: "mina-42", Name: "Another Mina"})
	fmt.Println(usher.CodeOf(err) == usher.CodeUIDTaken)
	// Output:
	// mina-42 default [pilot]
	// true
}

// A person signs up: the user and what the app logs in with, in one step.
func ExampleUsersService_CreateWithAuthToken() {
	ctx, client := context.Background(), newClient()

	user, token, err := client.Users.CreateWithAuthToken(ctx, admin.NewUser{UID: "mina-42", Name: "Mina Okafor"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(user.Name, "gets an", token)
	// Output: Mina Okafor gets an auth token of mina-42
}

// Errors are told apart by their code; one of the server has more to say.
func ExampleUsersService_Get() {
	ctx, client := context.Background(), newClient()

	user, err := client.Users.Get(ctx, "cometchat-uid-1")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(user.Name)

	_, err = client.Users.Get(ctx, "nobody")
	var refusal *usher.Error
	if errors.As(err, &refusal) && refusal.Code == usher.CodeUnknownUID {
		fmt.Println(refusal.Status, refusal.Message)
	}
	// Output:
	// Andrew Joseph
	// 404 The user nobody does not exist. Create the user first.
}

// What is not named stays; Unset clears.
func ExampleUsersService_Update() {
	ctx, client := context.Background(), newClient()

	_, err := client.Users.Update(ctx, "cometchat-uid-1", admin.UserChanges{Link: "https://example.org", StatusMessage: new("At lunch")})
	if err != nil {
		log.Fatal(err)
	}
	user, err := client.Users.Update(ctx, "cometchat-uid-1", admin.UserChanges{Name: "Andrew", Unset: []string{"link"}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s %q %q\n", user.Name, user.Link, user.StatusMessage)
	// Output: Andrew "" "At lunch"
}

// Somebody is shut out, and nothing is lost.
func ExampleUsersService_Deactivate() {
	ctx, client := context.Background(), newClient()

	err := client.Users.Deactivate(ctx, "cometchat-uid-1")
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.Users.Get(ctx, "cometchat-uid-1")
	fmt.Println(usher.CodeOf(err) == usher.CodeUnknownUID)
	// Output: true
}

// A user who asks to be forgotten. The uid is free again.
func ExampleUsersService_Delete() {
	ctx, client := context.Background(), newClient()

	err := client.Users.Delete(ctx, "cometchat-uid-1")
	if err != nil {
		log.Fatal(err)
	}
	user, err := client.Users.Create(ctx, admin.NewUser{UID: "cometchat-uid-1", Name: "Somebody else"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(user.Name)
	// Output: Somebody else
}

// A class ends.
func ExampleUsersService_DeactivateMany() {
	ctx, client := context.Background(), newClient()

	uids, err := client.Users.DeactivateMany(ctx, "cometchat-uid-1", "cometchat-uid-2", "nobody")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(uids)
	// Output: [cometchat-uid-1 cometchat-uid-2]
}

// Who comes back needs a new auth token.
func ExampleUsersService_Reactivate() {
	ctx, client := context.Background(), newClient()

	err := client.Users.Deactivate(ctx, "cometchat-uid-1")
	if err != nil {
		log.Fatal(err)
	}
	uids, err := client.Users.Reactivate(ctx, "cometchat-uid-1")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(uids)
	// Output: [cometchat-uid-1]
}

// The people whose name starts with what was typed, page by page.
func ExampleUsersService_List() {
	ctx, client := context.Background(), newClient()

	page, err := client.Users.List(ctx, admin.UserListOptions{SearchKey: "n", SearchIn: []string{"name"}, PerPage: 10})
	if err != nil {
		log.Fatal(err)
	}
	for _, user := range page.Items {
		fmt.Println(user.Name)
	}
	fmt.Println("page", page.Number, "of", page.Pages)
	// Output:
	// Nancy Grace
	// page 1 of 1
}

// Every user of the app, however many pages they fill.
func ExampleUsersService_All() {
	ctx, client := context.Background(), newClient()

	for user, err := range client.Users.All(ctx, admin.UserListOptions{SortBy: "uid", Descending: true, PerPage: 2}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(user.UID, user.Name)
	}
	// Output:
	// cometchat-uid-5 John Paul
	// cometchat-uid-4 Susan Marie
	// cometchat-uid-3 Nancy Grace
	// cometchat-uid-2 George Alan
	// cometchat-uid-1 Andrew Joseph
}

// How many users are shut out?
func ExampleUsersService_Count() {
	ctx, client := context.Background(), newClient()

	err := client.Users.Deactivate(ctx, "cometchat-uid-1")
	if err != nil {
		log.Fatal(err)
	}
	count, err := client.Users.Count(ctx, admin.UserListOptions{Activity: admin.Deactivated})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(count)
	// Output: 1
}

// A few users from elsewhere, with the times of there.
func ExampleUsersService_ImportBatch() {
	ctx, client := context.Background(), newClient()

	results, err := client.Users.ImportBatch(ctx, []admin.ImportUser{
		{NewUser: admin.NewUser{UID: "ana-1", Name: "Ana"}, CreatedAt: 1609459200},
		{NewUser: admin.NewUser{UID: "cometchat-uid-1", Name: "Ben"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, result := range results {
		if result.Err != nil {
			fmt.Println(result.UID, usher.CodeOf(result.Err))
			continue
		}
		fmt.Println(result.UID, result.User.CreatedAt)
	}
	// Output:
	// ana-1 1609459200
	// cometchat-uid-1 ERR_UID_ALREADY_EXISTS
}

// All users of another system, as many as there are: read one by one, sent fifty by fifty.
func ExampleUsersService_Import() {
	ctx, client := context.Background(), newClient()

	elsewhere := func(yield func(admin.ImportUser) bool) { // in a back end: the rows of a query
		for i := range 120 {
			user := admin.NewUser{UID: fmt.Sprintf("learner-%d", i), Name: "Learner"}
			if !yield(admin.ImportUser{NewUser: user}) {
				return
			}
		}
	}
	imported := 0
	for result, err := range client.Users.Import(ctx, elsewhere) {
		if err != nil {
			log.Fatal(err) // the users without a result may be there or not
		}
		if result.Err != nil {
			log.Print(result.UID, ": ", result.Err)
			continue
		}
		imported++
	}
	fmt.Println(imported, "imported")
	// Output: 120 imported
}

// What one user sees of another.
func ExampleUsersService_OnBehalfOf() {
	ctx, client := context.Background(), newClient()

	_, err := client.BlockedUsers.Block(ctx, "cometchat-uid-1", "cometchat-uid-2")
	if err != nil {
		log.Fatal(err)
	}
	views := client.Users.OnBehalfOf("cometchat-uid-2")
	user, err := views.Get(ctx, "cometchat-uid-1")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(user.Name, user.BlockedByMe, user.HasBlockedMe)
	// Output: Andrew Joseph false true
}
