package admin_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"time"

	"github.com/usherhq/usher/sdk/go/admin"
	"github.com/usherhq/usher/sdk/go/usher"
)

// What a back end hands to an app: a token of its own, for a day.
func ExampleAuthTokensService_Issue() {
	ctx, client := context.Background(), newClient()

	token, err := client.AuthTokens.Issue(ctx, "cometchat-uid-1", admin.IssueOptions{Force: true, ExpiresIn: 24 * time.Hour})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token, token.ExpiresAt-token.CreatedAt)
	// Output: auth token of cometchat-uid-1 86400
}

// On which devices is a user logged in?
func ExampleAuthTokensService_List() {
	ctx, client := context.Background(), newClient()

	_, err := client.AuthTokens.Issue(ctx, "cometchat-uid-1", admin.IssueOptions{Device: admin.Device{Platform: "ios", DeviceID: "phone-1"}})
	if err != nil {
		log.Fatal(err)
	}
	page, err := client.AuthTokens.List(ctx, "cometchat-uid-1", admin.ListOptions{})
	if err != nil {
		log.Fatal(err)
	}
	for _, token := range page.Items {
		fmt.Println(token, token.Platform)
	}
	// Output: auth token of cometchat-uid-1 ios
}

// Every session of a user.
func ExampleAuthTokensService_All() {
	ctx, client := context.Background(), newClient()

	for range 3 {
		_, err := client.AuthTokens.Issue(ctx, "cometchat-uid-1", admin.IssueOptions{Force: true})
		if err != nil {
			log.Fatal(err)
		}
	}
	for token, err := range client.AuthTokens.All(ctx, "cometchat-uid-1", admin.ListOptions{PerPage: 2}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(token)
	}
	// Output:
	// auth token of cometchat-uid-1
	// auth token of cometchat-uid-1
	// auth token of cometchat-uid-1
}

// Does a token still work?
func ExampleAuthTokensService_Get() {
	ctx, client := context.Background(), newClient()

	issued, err := client.AuthTokens.Issue(ctx, "cometchat-uid-1", admin.IssueOptions{})
	if err != nil {
		log.Fatal(err)
	}
	token, err := client.AuthTokens.Get(ctx, "cometchat-uid-1", issued.Token)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token.UID)

	_, err = client.AuthTokens.Get(ctx, "cometchat-uid-2", issued.Token)
	fmt.Println(usher.CodeOf(err) == usher.CodeTokenNotAccessible)
	// Output:
	// cometchat-uid-1
	// true
}

// A back end that logs in for its app says which device it is.
func ExampleAuthTokensService_Update() {
	ctx, client := context.Background(), newClient()

	issued, err := client.AuthTokens.Issue(ctx, "cometchat-uid-1", admin.IssueOptions{})
	if err != nil {
		log.Fatal(err)
	}
	token, err := client.AuthTokens.Update(ctx, "cometchat-uid-1", issued.Token, admin.Device{
		Platform: "web", AppInfo: json.RawMessage(`{"version":"v4.2.0"}`),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token.Platform, string(token.AppInfo))
	// Output: web {"version":"v4.2.0"}
}

// A phone is lost.
func ExampleAuthTokensService_Revoke() {
	ctx, client := context.Background(), newClient()

	issued, err := client.AuthTokens.Issue(ctx, "cometchat-uid-1", admin.IssueOptions{})
	if err != nil {
		log.Fatal(err)
	}
	err = client.AuthTokens.Revoke(ctx, "cometchat-uid-1", issued.Token)
	if err != nil {
		log.Fatal(err)
	}
	err = client.AuthTokens.Revoke(ctx, "cometchat-uid-1", issued.Token)
	fmt.Println(usher.CodeOf(err) == usher.CodeUnknownPathToken)
	// Output: true
}

// A password was changed: the user has to log in again, everywhere.
func ExampleAuthTokensService_Flush() {
	ctx, client := context.Background(), newClient()

	_, err := client.AuthTokens.Issue(ctx, "cometchat-uid-1", admin.IssueOptions{})
	if err != nil {
		log.Fatal(err)
	}
	err = client.AuthTokens.Flush(ctx, "cometchat-uid-1")
	if err != nil {
		log.Fatal(err)
	}
	page, err := client.AuthTokens.List(ctx, "cometchat-uid-1", admin.ListOptions{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(page.Total)
	// Output: 0
}

// Is this token still good, now that its user may have been thrown out?
func ExampleAuthTokensService_Introspect() {
	ctx, client := context.Background(), newClient()

	token, err := client.AuthTokens.Issue(ctx, "cometchat-uid-1", admin.IssueOptions{})
	if err != nil {
		log.Fatal(err)
	}
	known, err := client.AuthTokens.Introspect(ctx, token.Token)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(known.Active, known.TokenType, known.UID)

	err = client.AuthTokens.Flush(ctx, "cometchat-uid-1")
	if err != nil {
		log.Fatal(err)
	}
	known, err = client.AuthTokens.Introspect(ctx, token.Token)
	fmt.Println(known.Active, err)
	// Output:
	// true auth_token cometchat-uid-1
	// false <nil>
}
