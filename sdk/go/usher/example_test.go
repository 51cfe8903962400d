package usher_test

import (
	"errors"
	"fmt"

	"github.com/usherhq/usher/sdk/go/usher"
)

// Decide by code, never by message.
func ExampleCodeOf() {
	err := fmt.Errorf("sign up: %w", usher.CheckUID("ann lee"))
	fmt.Println(usher.CodeOf(err))
	fmt.Println(errors.Is(err, &usher.Error{Code: usher.CodeUIDWithSpace}))
	fmt.Println(usher.EndsSession(err))
	// Output:
	// ERROR_UID_WITH_SPACE
	// true
	// false
}

// What a token says about itself may be shown, and must not be relied on.
func ExampleJWTPayload() {
	payload, err := usher.JWTPayload("eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl")
	fmt.Println(string(payload), err)
	// Output: {"sub":"ann"} <nil>
}
