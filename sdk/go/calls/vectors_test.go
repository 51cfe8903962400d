package calls_test

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/usherhq/usher/sdk/go/calls"
	"github.com/usherhq/usher/sdk/go/usher"
)

// vectors reads the cases of a file of spec/vectors.
func vectors[Case any](t *testing.T, file string) []Case {
	t.Helper()
	text, err := os.ReadFile("../../../spec/vectors/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var content struct{ Cases []Case }
	if err := json.Unmarshal(text, &content); err != nil {
		t.Fatal(err)
	}
	return content.Cases
}

// answering is a server that gives each request the answer of a function.
func answering(t *testing.T, config calls.Config, answer func(*http.Request) (status int, body string)) *calls.Client {
	t.Helper()
	transport := roundTrip(func(r *http.Request) (*http.Response, error) {
		status, body := answer(r)
		return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(body))}, nil
	})
	client, err := calls.New(config, calls.WithStorage(usher.MemoryStorage()), calls.WithHTTPClient(&http.Client{Transport: transport}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

const goodAnswer = `{"data": {"uid": "ann", "name": "Ann", "authToken": "ann_1"}}`

func TestURLVectors(t *testing.T) {
	t.Parallel()
	for _, vector := range vectors[struct {
		Name     string
		Settings calls.Config
		KeyBase  string
		Token    string `json:"tokenBase"`
		Code     usher.Code
	}](t, "urls.json") {
		t.Run(vector.Name, func(t *testing.T) {
			t.Parallel()
			if vector.Code != "" {
				_, err := calls.New(vector.Settings, calls.WithStorage(usher.MemoryStorage()))
				wantCode(t, err, vector.Code)
				return
			}
			var got []string
			client := answering(t, vector.Settings, func(r *http.Request) (int, string) {
				got = append(got, r.URL.String())
				return http.StatusOK, goodAnswer
			})
			login(t, client, "ann")
			if diff := cmp.Diff([]string{vector.KeyBase + "/users/ann/auth_tokens", vector.Token + "/me"}, got); diff != "" {
				t.Errorf("addresses (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnswerVectors(t *testing.T) {
	t.Parallel()
	requests := map[string]string{"issue": http.MethodPost, "signIn": http.MethodPut, "other": http.MethodGet}
	for _, vector := range vectors[struct {
		Name, Call, Body string
		Status           int
		Code             usher.Code
		Ends             bool
	}](t, "answers.json") {
		t.Run(vector.Name, func(t *testing.T) {
			t.Parallel()
			client := answering(t, calls.Config{AppID: "app-1", Host: "server.invalid"}, func(r *http.Request) (int, string) {
				if r.Method == requests[vector.Call] {
					return vector.Status, vector.Body
				}
				return http.StatusOK, goodAnswer
			})
			_, err := client.Login(t.Context(), "ann", "key")
			if vector.Call == "other" {
				_, err = client.CheckSession(t.Context())
				if client.IsUserLoggedIn() == vector.Ends {
					t.Errorf("logged in: %v", client.IsUserLoggedIn())
				}
			}
			if got := usher.CodeOf(err); got != vector.Code || (err == nil) != (vector.Code == "") || usher.EndsSession(err) != vector.Ends {
				t.Errorf("error = %v, want %q, ends the session: %v", err, vector.Code, vector.Ends)
			}
		})
	}
}

func TestUserVectors(t *testing.T) {
	t.Parallel()
	for _, vector := range vectors[struct {
		Name string
		Data json.RawMessage
		User *usher.User
	}](t, "users.json") {
		t.Run(vector.Name, func(t *testing.T) {
			t.Parallel()
			client := answering(t, calls.Config{AppID: "app-1", Host: "server.invalid"}, func(*http.Request) (int, string) {
				return http.StatusOK, `{"data": ` + string(vector.Data) + `}`
			})
			user, err := client.LoginWithAuthToken(t.Context(), "ann_1")
			if vector.User == nil {
				wantCode(t, err, usher.CodeUnusableAnswer)
				return
			}
			if diff := cmp.Diff(vector.User, user, cmp.Transformer("JSON", func(raw json.RawMessage) (value any) {
				_ = json.Unmarshal(raw, &value)
				return value
			})); err != nil || diff != "" {
				t.Errorf("error = %v; user (-want +got):\n%s", err, diff)
			}
		})
	}
}
