package admin_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"

	"github.com/usherhq/usher/sdk/go/admin"
	"github.com/usherhq/usher/sdk/go/usher"
)

// A key for one more back end.
func ExampleAPIKeysService_Create() {
	ctx, client := context.Background(), newClient()

	key, err := client.APIKeys.Create(ctx, admin.NewAPIKey{Name: "billing worker", Scope: admin.ScopeFullAccess})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(key, key.Scope, len(key.Key)) // printed, it hides its value
	// Output: API key billing worker fullAccess 40
}

// The keys that clients may have.
func ExampleAPIKeysService_List() {
	ctx, client := context.Background(), newClient()

	page, err := client.APIKeys.List(ctx, admin.APIKeyListOptions{Scope: admin.ScopeAuthOnly, SearchKey: "auth"})
	if err != nil {
		log.Fatal(err)
	}
	for _, key := range page.Items {
		fmt.Println(key.Name, key.CreatedBy)
	}
	// Output: Auth Key app_system
}

// All keys of the app.
func ExampleAPIKeysService_All() {
	ctx, client := context.Background(), newClient()

	for key, err := range client.APIKeys.All(ctx, admin.APIKeyListOptions{}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(key.Name, key.Scope)
	}
	// Output:
	// Auth Key authOnly
	// Rest API Key fullAccess
}

// When was a key last used?
func ExampleAPIKeysService_Get() {
	ctx, client := context.Background(), newClient()

	made, err := client.APIKeys.Create(ctx, admin.NewAPIKey{Name: "billing worker"})
	if err != nil {
		log.Fatal(err)
	}
	key, err := client.APIKeys.Get(ctx, made.Key)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(key.Name, key.LastUsedAt)
	// Output: billing worker 0
}

// A key may have leaked: it is switched off until that is clear.
func ExampleAPIKeysService_Update() {
	ctx, client := context.Background(), newClient()

	made, err := client.APIKeys.Create(ctx, admin.NewAPIKey{Name: "billing worker"})
	if err != nil {
		log.Fatal(err)
	}
	key, err := client.APIKeys.Update(ctx, made.Key, admin.APIKeyChanges{Disabled: new(true)})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(key.Name, key.Disabled)
	// Output: billing worker true
}

// And removed when it has.
func ExampleAPIKeysService_Delete() {
	ctx, client := context.Background(), newClient()

	made, err := client.APIKeys.Create(ctx, admin.NewAPIKey{Name: "billing worker"})
	if err != nil {
		log.Fatal(err)
	}
	err = client.APIKeys.Delete(ctx, made.Key)
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.APIKeys.Get(ctx, made.Key)
	fmt.Println(usher.CodeOf(err) == usher.CodeUnknownPathAPIKey)
	// Output: true
}

// Tutors see everybody and write to their friends.
func ExampleRolesService_Create() {
	ctx, client := context.Background(), newClient()

	role, err := client.Roles.Create(ctx, admin.NewRole{
		ID: "tutor", Name: "Tutor", Settings: admin.RoleSettings{ListUsers: admin.Everybody, SendMessagesTo: admin.FriendsOnly},
	})
	if err != nil {
		log.Fatal(err)
	}
	user, err := client.Users.Update(ctx, "cometchat-uid-1", admin.UserChanges{Role: role.ID})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(user.Name, user.Role)
	// Output: Andrew Joseph tutor
}

// The roles of the app, page by page.
func ExampleRolesService_List() {
	ctx, client := context.Background(), newClient()

	page, err := client.Roles.List(ctx, admin.ListOptions{PerPage: 10})
	if err != nil {
		log.Fatal(err)
	}
	for _, role := range page.Items {
		fmt.Println(role.ID)
	}
	// Output: default
}

// All roles of the app.
func ExampleRolesService_All() {
	ctx, client := context.Background(), newClient()

	_, err := client.Roles.Create(ctx, admin.NewRole{ID: "tutor", Name: "Tutor"})
	if err != nil {
		log.Fatal(err)
	}
	for role, err := range client.Roles.All(ctx, admin.ListOptions{}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(role.ID)
	}
	// Output:
	// default
	// tutor
}

// A role that may not be there.
func ExampleRolesService_Get() {
	ctx, client := context.Background(), newClient()

	_, err := client.Roles.Get(ctx, "tutor")
	fmt.Println(usher.CodeOf(err) == usher.CodeUnknownRole)
	// Output: true
}

// What is not named stays; Unset clears.
func ExampleRolesService_Update() {
	ctx, client := context.Background(), newClient()

	_, err := client.Roles.Create(ctx, admin.NewRole{ID: "tutor", Name: "Tutor", Metadata: json.RawMessage(`{"floor":2}`)})
	if err != nil {
		log.Fatal(err)
	}
	role, err := client.Roles.Update(ctx, "tutor", admin.RoleChanges{Description: "Helps learners", Unset: []string{"metadata"}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(role.Name, role.Description, len(role.Metadata))
	// Output: Tutor Helps learners 0
}

// Users of a role that goes have the role default.
func ExampleRolesService_Delete() {
	ctx, client := context.Background(), newClient()

	_, err := client.Roles.Create(ctx, admin.NewRole{ID: "tutor", Name: "Tutor"})
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.Users.Create(ctx, admin.NewUser{UID: "mina-42", Name: "Mina", Role: "tutor"})
	if err != nil {
		log.Fatal(err)
	}
	err = client.Roles.Delete(ctx, "tutor")
	if err != nil {
		log.Fatal(err)
	}
	user, err := client.Users.Get(ctx, "mina-42")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(user.Role)
	// Output: default
}
