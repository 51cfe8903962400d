package admin_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/usherhq/usher/sdk/go/admin"
	"github.com/usherhq/usher/sdk/go/usher"
)

// A client needs the app, the server and a key, all from the back end's configuration.
func ExampleNew() {
	client, err := admin.New(admin.Config{AppID: "APP_ID", Host: "https://auth.example.com/v3", APIKey: "REST_API_KEY"})
	fmt.Println(client != nil, err)

	_, err = admin.New(admin.Config{AppID: "APP_ID", Host: "https://auth.example.com/v3"})
	fmt.Println(usher.CodeOf(err) == usher.CodeAPIKeyNotFound)
	// Output:
	// true <nil>
	// true
}

// Requests go through a proxy that the environment names, and through nothing else.
func ExampleWithHTTPClient() {
	client := newClient(admin.WithHTTPClient(&http.Client{Transport: &http.Transport{Proxy: http.ProxyFromEnvironment}}))
	user, err := client.Users.Get(context.Background(), "cometchat-uid-1")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(user.Name)
	// Output: Andrew Joseph
}

// Every call ends after two seconds, and this one after one.
func ExampleWithTimeout() {
	client := newClient(admin.WithTimeout(2 * time.Second))
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	user, err := client.Users.Get(ctx, "cometchat-uid-1")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(user.Name)

	_, err = admin.New(admin.Config{AppID: "APP_ID", Host: host, APIKey: "REST_API_KEY"}, admin.WithTimeout(-time.Second))
	fmt.Println(err)
	// Output:
	// Andrew Joseph
	// admin: usher: the time limit is not above zero
}

// A job that runs at night has time to try more often.
func ExampleWithRetries() {
	client := newClient(admin.WithRetries(8), admin.WithTimeout(5*time.Minute))
	user, err := client.Users.Get(context.Background(), "cometchat-uid-1")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(user.Name)
	// Output: Andrew Joseph
}

// A monitor asks whether the process answers.
func ExampleHealthService_Alive() {
	fmt.Println(newClient().Health.Alive(context.Background()))
	// Output: <nil>
}

// A load balancer asks whether the server can do its work.
func ExampleHealthService_Ready() {
	err := newClient().Health.Ready(context.Background())
	if usher.CodeOf(err) == usher.CodeNotReady {
		fmt.Println("not for now")
	}
	fmt.Println(err)
	// Output: <nil>
}

// A follower reads what is new, and keeps the cursor for the next time.
func ExampleEventsService_List() {
	ctx, client := context.Background(), newClient()

	page, err := client.Events.List(ctx, admin.EventListOptions{Limit: 2, Kind: "user_created"})
	if err != nil {
		log.Fatal(err)
	}
	for _, event := range page.Events {
		fmt.Println(event.Kind, event.UID)
	}
	next, err := client.Events.List(ctx, admin.EventListOptions{After: page.After, Kind: "user_created"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(page.More, len(next.Events), "more")
	// Output:
	// user_created cometchat-uid-1
	// user_created cometchat-uid-2
	// true 3 more
}

// Everything that happened to one user.
func ExampleEventsService_All() {
	ctx, client := context.Background(), newClient()

	_, err := client.AuthTokens.Issue(ctx, "cometchat-uid-1", admin.IssueOptions{})
	if err != nil {
		log.Fatal(err)
	}
	for event, err := range client.Events.All(ctx, admin.EventListOptions{UID: "cometchat-uid-1"}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(event.Kind)
	}
	// Output:
	// user_created
	// token_issued
}
