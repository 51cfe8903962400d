package verify_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/usherhq/usher/internal/server"
	"github.com/usherhq/usher/sdk/go/admin"
)

// host is the URL of a real server, for the examples.
var host string

// The app of the real server, and the user of it who logs in.
const (
	appID  = "usher-dev"
	andrew = "cometchat-uid-1"
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	running, err := server.Start(context.Background(), server.Config{Dev: true, Listen: "127.0.0.1:0", Region: "us"}, slog.New(slog.DiscardHandler))
	if err != nil {
		log.Print(err)
		return 1
	}
	host = running.URL()
	code := m.Run()
	http.DefaultClient.CloseIdleConnections()
	if err := errors.Join(running.Close(), goleak.Find()); err != nil {
		log.Print(err)
		return 1
	}
	return code
}

// logIn gives what an app has of andrew, who logs in to the real server: the session's JWT, and a call
// token for the call standup.
func logIn() (jwt, callToken string) {
	backEnd, err := admin.New(admin.Config{AppID: appID, Host: host + "/v3", APIKey: "dev-rest-key"})
	if err != nil {
		log.Panic(err)
	}
	token, err := backEnd.AuthTokens.Issue(context.Background(), andrew, admin.IssueOptions{})
	if err != nil {
		log.Panic(err)
	}
	return ask("/v3/me/jwt", token.Token, `{"passthrough":{"seat":7}}`), ask("/v3/call_tokens", token.Token, `{"sessionId":"standup"}`)
}

// ask asks the real server, as an app does, for a JWT.
func ask(path, authToken, body string) string {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, host+path, bytes.NewBufferString(body))
	if err != nil {
		log.Panic(err)
	}
	request.Header.Set("appId", appID)
	request.Header.Set("authToken", authToken)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		log.Panic(err)
	}
	defer response.Body.Close()
	var answer struct {
		Data struct {
			Token string `json:"token"`
		} `json:"data"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || answer.Data.Token == "" {
		log.Panic(fmt.Errorf("%s gave no token: %w", path, err))
	}
	return answer.Data.Token
}
