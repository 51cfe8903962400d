package admin_test

import (
	"context"
	"fmt"
	"log"

	"github.com/usherhq/usher/sdk/go/admin"
	"github.com/usherhq/usher/sdk/go/usher"
)

// One of the keys signs.
func ExampleSigningKeysService_List() {
	keys, err := newManagement().SigningKeys.List(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	signing := 0
	for _, key := range keys {
		if key.State == admin.SigningKeySigns {
			signing++
		}
	}
	fmt.Println(signing)
	// Output: 1
}

// The next key is published, unless one is already.
func ExampleSigningKeysService_Rotate() {
	key, err := newManagement().SigningKeys.Rotate(context.Background())
	fmt.Println(usher.CodeOf(err) == usher.CodeBadRequest || err == nil && key.State == admin.SigningKeyNext)
	// Output: true
}

// The key may be in wrong hands.
func ExampleSigningKeysService_RotateNow() {
	key, err := newManagement().SigningKeys.RotateNow(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(key.State, key.SignsFrom == key.CreatedAt)
	// Output: signing true
}

// The key is in wrong hands: nothing that it signed is to be good any more.
func ExampleSigningKeysService_Withdraw() {
	keys := newManagement().SigningKeys
	stolen, err := keys.RotateNow(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(keys.Withdraw(context.Background(), stolen.ID))
	fmt.Println(usher.CodeOf(keys.Withdraw(context.Background(), stolen.ID)) == usher.CodeUnknownSigningKey)
	// Output:
	// <nil>
	// true
}
