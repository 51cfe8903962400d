package verify_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/usherhq/usher/sdk/go/verify"
)

// A server for calls lets in who shows the JWT that the app got from Usher.
func Example() {
	verifier, err := verify.New(host, verify.WithAppID(appID))
	if err != nil {
		log.Fatal(err)
	}
	calls := http.NewServeMux()
	calls.HandleFunc("GET /room", func(w http.ResponseWriter, r *http.Request) {
		user, _ := verify.FromContext(r.Context())
		fmt.Fprintf(w, "welcome, %s of %s", user.UID, user.AppID)
	})
	server := httptest.NewServer(verify.Middleware(verifier, calls))
	defer server.Close()

	jwt, _ := logIn()
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, server.URL+"/room", nil)
	if err != nil {
		log.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+jwt)
	response, err := server.Client().Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	fmt.Println(response.StatusCode, string(text), err)
	// Output: 200 welcome, cometchat-uid-1 of usher-dev <nil>
}

// The URL is that of the server, without any path.
func ExampleNew() {
	_, err := verify.New("https://auth.example.com", verify.WithAppID("clinic"))
	fmt.Println(err)
	_, err = verify.New("https://auth.example.com/v3", verify.WithAppID("clinic"))
	fmt.Println(err)
	// Output:
	// <nil>
	// verify: the server's URL has no path, unless it is that of a key set, which ends in .json
}

// Users of other apps on the same server stay outside.
func ExampleWithAppID() {
	jwt, _ := logIn()
	verifier, err := verify.New(host, verify.WithAppID("another-app"))
	if err != nil {
		log.Fatal(err)
	}
	_, err = verifier.Verify(context.Background(), jwt)
	fmt.Println(errors.Is(err, verify.ErrApp))
	// Output: true
}

// One media server for all apps of an Usher server.
func ExampleWithAnyApp() {
	jwt, _ := logIn()
	verifier, err := verify.New(host, verify.WithAnyApp())
	if err != nil {
		log.Fatal(err)
	}
	user, err := verifier.Verify(context.Background(), jwt)
	fmt.Println(user.AppID, user.UID, err)
	// Output: usher-dev cometchat-uid-1 <nil>
}

// Inside a cluster the server is reached by another URL than by its clients.
func ExampleWithIssuer() {
	jwt, _ := logIn()
	verifier, err := verify.New(host, verify.WithAppID(appID), verify.WithIssuer("https://auth.example.com"))
	if err != nil {
		log.Fatal(err)
	}
	_, err = verifier.Verify(context.Background(), jwt) // of the server's address here, not of that issuer
	fmt.Println(errors.Is(err, verify.ErrIssuer))
	// Output: true
}

// Both servers have their time from one clock.
func ExampleWithLeeway() {
	jwt, _ := logIn()
	verifier, err := verify.New(host, verify.WithAppID(appID), verify.WithLeeway(2*time.Second))
	if err != nil {
		log.Fatal(err)
	}
	user, err := verifier.Verify(context.Background(), jwt)
	fmt.Println(user.UID, err)
	// Output: cometchat-uid-1 <nil>
}

// A client with a limit of its own, or one that trusts a company's certificates.
func ExampleWithHTTPClient() {
	jwt, _ := logIn()
	client := &http.Client{Timeout: 2 * time.Second}
	verifier, err := verify.New(host, verify.WithAppID(appID), verify.WithHTTPClient(client))
	if err != nil {
		log.Fatal(err)
	}
	user, err := verifier.Verify(context.Background(), jwt)
	fmt.Println(user.UID, err)
	// Output: cometchat-uid-1 <nil>
}

// However many tokens name keys that don't exist, the server is asked ten times a second at most.
func ExampleWithRefetchInterval() {
	jwt, _ := logIn()
	verifier, err := verify.New(host, verify.WithAppID(appID), verify.WithRefetchInterval(100*time.Millisecond))
	if err != nil {
		log.Fatal(err)
	}
	user, err := verifier.Verify(context.Background(), jwt)
	fmt.Println(user.UID, err)
	// Output: cometchat-uid-1 <nil>
}

// Calls go on for an hour when Usher is not reached.
func ExampleWithStaleKeys() {
	jwt, _ := logIn()
	verifier, err := verify.New(host, verify.WithAppID(appID), verify.WithStaleKeys(time.Hour))
	if err != nil {
		log.Fatal(err)
	}
	user, err := verifier.Verify(context.Background(), jwt)
	fmt.Println(user.UID, err)
	// Output: cometchat-uid-1 <nil>
}

// Who the user is, until when, and what the app wanted to be told.
func ExampleVerifier_Verify() {
	verifier, err := verify.New(host, verify.WithAppID(appID))
	if err != nil {
		log.Fatal(err)
	}
	jwt, callToken := logIn()
	user, err := verifier.Verify(context.Background(), jwt)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(user.UID, user.Issuer == host, user.ExpiresAt.Sub(user.IssuedAt), string(user.Passthrough))

	_, err = verifier.Verify(context.Background(), callToken)
	fmt.Println(errors.Is(err, verify.ErrUse))
	// Output:
	// cometchat-uid-1 true 1440h0m0s {"seat":7}
	// true
}

// A call token is for one call, and for nothing else.
func ExampleVerifier_VerifyCallToken() {
	verifier, err := verify.New(host, verify.WithAppID(appID))
	if err != nil {
		log.Fatal(err)
	}
	jwt, callToken := logIn()
	user, err := verifier.VerifyCallToken(context.Background(), callToken)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(user.UID, user.CallID, user.ExpiresAt.Sub(user.IssuedAt))

	_, err = verifier.VerifyCallToken(context.Background(), jwt)
	fmt.Println(errors.Is(err, verify.ErrUse))
	// Output:
	// cometchat-uid-1 standup 24h0m0s
	// true
}

// Who shows no token is answered by the middleware.
func ExampleMiddleware() {
	verifier, err := verify.New(host, verify.WithAppID(appID))
	if err != nil {
		log.Fatal(err)
	}
	room := verify.Middleware(verifier, http.NotFoundHandler())
	answer := httptest.NewRecorder()
	room.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/room", nil))
	fmt.Println(answer.Code, answer.Body)
	// Output: 401 {"error":{"code":"AUTH_ERR_EMPTY_AUTH_TOKEN","message":"The request has no Authorization header with one Bearer token."}}
}

// Behind the middleware, the request's context knows the user.
func ExampleFromContext() {
	verifier, err := verify.New(host, verify.WithAppID(appID))
	if err != nil {
		log.Fatal(err)
	}
	jwt, _ := logIn()
	room := verify.Middleware(verifier, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		user, ok := verify.FromContext(r.Context())
		fmt.Println(user.UID, ok)
	}))
	request := httptest.NewRequest(http.MethodGet, "/room", nil)
	request.Header.Set("Authorization", "Bearer "+jwt)
	room.ServeHTTP(httptest.NewRecorder(), request)

	_, ok := verify.FromContext(context.Background())
	fmt.Println(ok)
	// Output:
	// cometchat-uid-1 true
	// false
}

// The text is for a log: it holds nothing of the token.
func ExampleError_Error() {
	verifier, err := verify.New(host, verify.WithAppID(appID))
	if err != nil {
		log.Fatal(err)
	}
	_, err = verifier.Verify(context.Background(), "nonsense")
	fmt.Println(err)
	// Output: verify: the text is not a JWT of an Usher server
}

// Only one reason is worth another try.
func ExampleError_Unwrap() {
	nobody, err := verify.New("http://127.0.0.1:1", verify.WithAppID(appID))
	if err != nil {
		log.Fatal(err)
	}
	jwt, _ := logIn()
	_, err = nobody.Verify(context.Background(), jwt)
	fmt.Println(errors.Is(err, verify.ErrUnavailable))
	if refusal, ok := errors.AsType[*verify.Error](err); ok {
		fmt.Println(strings.Contains(refusal.Cause.Error(), "refused"))
	}
	// Output:
	// true
	// true
}
