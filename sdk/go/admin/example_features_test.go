package admin_test

import (
	"context"
	"fmt"
	"log"

	"github.com/usherhq/usher/sdk/go/admin"
)

// Clients whose users have the role can't list users any more.
func ExampleRolesService_Restrict() {
	ctx, client := context.Background(), newClient()

	features, err := client.Roles.Restrict(ctx, "default", admin.FeatureListUsers)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(features)
	// Output: [u.listUsers]
}

// A role is without nothing unless told otherwise.
func ExampleRolesService_Restricted() {
	ctx, client := context.Background(), newClient()

	features, err := client.Roles.Restricted(ctx, "default")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(features))
	// Output: 0
}

// Whoever names no feature gives all of them back.
func ExampleRolesService_Allow() {
	ctx, client := context.Background(), newClient()

	if _, err := client.Roles.Restrict(ctx, "default", admin.FeatureListUsers, "g.create"); err != nil {
		log.Fatal(err)
	}
	features, err := client.Roles.Allow(ctx, "default", admin.FeatureListUsers)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(features)
	// Output: [g.create]
}
