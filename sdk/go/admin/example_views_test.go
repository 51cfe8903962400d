package admin_test

import (
	"context"
	"fmt"
	"log"

	"github.com/usherhq/usher/sdk/go/admin"
	"github.com/usherhq/usher/sdk/go/usher"
)

// What one user sees of another.
func ExampleViews_Get() {
	ctx, client := context.Background(), newClient()

	user, err := client.Users.OnBehalfOf("cometchat-uid-1").Get(ctx, "cometchat-uid-2")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(user.Name, user.BlockedByMe, user.HasBlockedMe)
	// Output: George Alan false false
}

// Whom a user can meet.
func ExampleViews_List() {
	ctx, client := context.Background(), newClient()

	_, err := client.BlockedUsers.Block(ctx, "cometchat-uid-1", "cometchat-uid-2", "cometchat-uid-3")
	if err != nil {
		log.Fatal(err)
	}
	page, err := client.Users.OnBehalfOf("cometchat-uid-1").List(ctx, admin.UserListOptions{HideBlocked: true, SortBy: "uid"})
	if err != nil {
		log.Fatal(err)
	}
	for _, user := range page.Items {
		fmt.Println(user.UID)
	}
	// Output:
	// cometchat-uid-1
	// cometchat-uid-4
	// cometchat-uid-5
}

// Everybody, with what is between them and the viewer.
func ExampleViews_All() {
	ctx, client := context.Background(), newClient()

	_, err := client.BlockedUsers.Block(ctx, "cometchat-uid-1", "cometchat-uid-2")
	if err != nil {
		log.Fatal(err)
	}
	for user, err := range client.Users.OnBehalfOf("cometchat-uid-1").All(ctx, admin.UserListOptions{}) {
		if err != nil {
			log.Fatal(err)
		}
		if user.BlockedByMe {
			fmt.Println(user.Name)
		}
	}
	// Output: George Alan
}

// How many users can a user meet?
func ExampleViews_Count() {
	ctx, client := context.Background(), newClient()

	_, err := client.BlockedUsers.Block(ctx, "cometchat-uid-1", "cometchat-uid-2")
	if err != nil {
		log.Fatal(err)
	}
	count, err := client.Users.OnBehalfOf("cometchat-uid-1").Count(ctx, admin.UserListOptions{HideBlocked: true})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(count)
	// Output: 4
}

// Somebody harasses somebody.
func ExampleBlockedUsersService_Block() {
	ctx, client := context.Background(), newClient()

	outcomes, err := client.BlockedUsers.Block(ctx, "cometchat-uid-1", "cometchat-uid-2", "nobody")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(outcomes["cometchat-uid-2"].Success, outcomes["nobody"].Success)

	_, err = client.BlockedUsers.Block(ctx, "cometchat-uid-1", "cometchat-uid-1")
	fmt.Println(usher.CodeOf(err) == usher.CodeBlockSelf)
	// Output:
	// true false
	// true
}

// And makes up for it.
func ExampleBlockedUsersService_Unblock() {
	ctx, client := context.Background(), newClient()

	_, err := client.BlockedUsers.Block(ctx, "cometchat-uid-1", "cometchat-uid-2")
	if err != nil {
		log.Fatal(err)
	}
	outcomes, err := client.BlockedUsers.Unblock(ctx, "cometchat-uid-1", "cometchat-uid-2")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(outcomes["cometchat-uid-2"].Success)
	// Output: true
}

// Who has blocked this user?
func ExampleBlockedUsersService_List() {
	ctx, client := context.Background(), newClient()

	_, err := client.BlockedUsers.Block(ctx, "cometchat-uid-1", "cometchat-uid-2")
	if err != nil {
		log.Fatal(err)
	}
	page, err := client.BlockedUsers.List(ctx, "cometchat-uid-2", admin.BlockedListOptions{Direction: admin.HasBlockedMe})
	if err != nil {
		log.Fatal(err)
	}
	for _, user := range page.Items {
		fmt.Println(user.UID, user.HasBlockedMe)
	}
	// Output: cometchat-uid-1 true
}

// All blocks that a user has to do with.
func ExampleBlockedUsersService_All() {
	ctx, client := context.Background(), newClient()

	_, err := client.BlockedUsers.Block(ctx, "cometchat-uid-1", "cometchat-uid-2", "cometchat-uid-3")
	if err != nil {
		log.Fatal(err)
	}
	count := 0
	for _, err := range client.BlockedUsers.All(ctx, "cometchat-uid-1", admin.BlockedListOptions{PerPage: 1}) {
		if err != nil {
			log.Fatal(err)
		}
		count++
	}
	fmt.Println(count)
	// Output: 2
}
