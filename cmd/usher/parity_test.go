package main

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/usherhq/usher/internal/rest/specified"
	"github.com/usherhq/usher/internal/server"
	"github.com/usherhq/usher/spec"
)

// commandOf has, for each operation of openapi.yaml that a back end uses, the command for it, with
// everything set that it can send. KEY, TOKEN, APP and the like are made for each.
var commandOf = map[string]string{
	"createUser":             "users create Mina-42 Mina --avatar=https://example.org/a --link=https://example.org/b --role=default --status-message=Hi --metadata={\"a\":1} --tag=pilot --with-auth-token",
	"listUsers":              "users list --limit=5 --search=c --search-in=uid,name --status=offline --role=default --tag=pilot --uid=cometchat-uid-1 --with-tags --with-deactivated --hide-blocked --on-behalf-of=cometchat-uid-1 --sort-by=uid --descending",
	"reactivateUsers":        "users reactivate cometchat-uid-1",
	"deactivateUsers":        "users deactivate cometchat-uid-1 cometchat-uid-2",
	"getUser":                "users get cometchat-uid-1 --on-behalf-of=cometchat-uid-2",
	"updateUser":             "users update cometchat-uid-1 --name=A --avatar=https://example.org/a --role=default --metadata={} --no-tags --unset=link",
	"deleteUser":             "users delete cometchat-uid-1 --yes",
	"blockUsers":             "users block cometchat-uid-1 cometchat-uid-2",
	"listBlockedUsers":       "users blocked cometchat-uid-1 --direction=blockedByMe",
	"unblockUsers":           "users unblock cometchat-uid-1 cometchat-uid-2",
	"createAuthToken":        "tokens issue cometchat-uid-1 --force --expires-in=1m --platform=ios --device-id=phone-1 --user-agent=app/1 --app-info={\"version\":\"1\"}",
	"listAuthTokens":         "tokens list cometchat-uid-1",
	"flushAuthTokens":        "tokens flush cometchat-uid-1",
	"getAuthToken":           "tokens get cometchat-uid-1 TOKEN",
	"updateAuthToken":        "tokens update cometchat-uid-1 TOKEN --platform=ios --user-agent=app/1 --app-info={\"version\":\"1\"}",
	"deleteAuthToken":        "tokens revoke cometchat-uid-1 TOKEN",
	"introspect":             "tokens introspect TOKEN",
	"createRole":             "roles create Tutor Tutor --description=Helps --metadata={\"a\":1} --list-users=all --send-messages-to=friendsOnly",
	"listRoles":              "roles list",
	"getRole":                "roles get default",
	"updateRole":             "roles update default --name=D --description=Helps --metadata={} --list-users=all --unset=settings",
	"deleteRole":             "roles delete ROLE --yes",
	"restrictFeatures":       "roles restrict default u.listUsers",
	"listRestrictedFeatures": "roles restricted default",
	"allowFeatures":          "roles allow default --all",
	"createAPIKey":           "keys create worker --scope=fullAccess",
	"listAPIKeys":            "keys list --scope=authOnly --search=auth",
	"getAPIKey":              "keys get KEY",
	"updateAPIKey":           "keys update KEY --name=w --scope=fullAccess --disable",
	"deleteAPIKey":           "keys delete KEY --yes",
	"listEvents":             "events list --after=1 --limit=1 --kind=user_created --uid=cometchat-uid-1",
	"createWebhook":          "webhooks create Audit https://hooks.invalid/ --id=audit --trigger=user_connection_status_changed --username=usher --password=open5esame --disable --no-retry",
	"listWebhooks":           "webhooks list",
	"getWebhook":             "webhooks get WEBHOOK",
	"updateWebhook":          "webhooks update WEBHOOK --name=A --address=https://more.invalid/ --trigger=user_connection_status_changed --no-auth --disable --no-retry --renew-secret",
	"deleteWebhook":          "webhooks delete WEBHOOK --yes",
	"testWebhook":            "webhooks test WEBHOOK",
	"listDeliveries":         "webhooks deliveries WEBHOOK --state=waiting",
	"replayDelivery":         "webhooks replay WEBHOOK DELIVERY",
	"createApp":              "apps create Clinic --id=clinic --region=eu --no-sample-users --logout-revokes=never --auth-only-access=tokens --token-life=1h --no-bind-tokens",
	"listApps":               "apps list --search=c",
	"getApp":                 "apps get APP",
	"updateApp":              "apps update APP --name=C --logout-revokes=never --auth-only-access=tokens --token-life=0 --bind-tokens",
	"deleteApp":              "apps delete APP --yes",
	"restoreApp":             "apps restore ARCHIVED",
	"listSigningKeys":        "jwt-keys list",
	"rotateSigningKey":       "jwt-keys rotate --now",
	"withdrawSigningKey":     "jwt-keys withdraw SIGNINGKEY",
	"alive":                  "doctor",
	"ready":                  "doctor",
}

// noCommand are the operations that have no command, and why.
var noCommand = map[string]string{
	"importUsers": "usher import users does it for files of any size, on the data itself",
	"signIn":      "a client's", "getMe": "a client's", "signOut": "a client's", "issueJWT": "a client's",
	"blockUsersAsMe": "a client's", "listUsersBlockedByMe": "a client's", "unblockUsersAsMe": "a client's",
	"issueCallToken": "a client's", "verifyCallToken": "a client's", "noteUserSession": "a client's",
	"getSettings": "a client's; usher doctor reads it", "publicKeys": "a verifier's; usher doctor reads it",
}

// A new endpoint needs a command, or a reason why there is none.
func TestEveryOperationOfTheContractHasACommandThatWorks(t *testing.T) {
	t.Parallel()
	document, err := openapi3.NewLoader().LoadFromData(spec.OpenAPI())
	if err != nil {
		t.Fatal(err)
	}
	routes, known := http.NewServeMux(), map[string]bool{}
	for path, item := range document.Paths.Map() {
		for method, operation := range item.Operations() {
			known[operation.OperationID] = true
			routes.Handle(method+" /v3"+path, named(operation.OperationID))
			if commandOf[operation.OperationID] == "" && noCommand[operation.OperationID] == "" {
				t.Errorf("%s (%s %s) has no command", operation.OperationID, method, path)
			}
		}
	}
	for id := range noCommand {
		if !known[id] || commandOf[id] != "" {
			t.Errorf("%s is not in openapi.yaml, or has a command", id)
		}
	}
	for id, line := range commandOf {
		if !known[id] {
			t.Errorf("%s is not in openapi.yaml", id)
		}
		if line == "doctor" {
			continue
		}
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			stage := newStage(t, routes)
			out, err := run(t, t.TempDir(), append(stage.fill(line), stage.where()...)...)
			if err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			if !slices.Contains(stage.asked(), id) {
				t.Errorf("usher %s asked for %v", line, stage.asked())
			}
		})
	}
}

// named is an operation, for routes to find and never to serve.
type named string

func (named) ServeHTTP(http.ResponseWriter, *http.Request) {}

// stage is a server behind a proxy that holds every exchange against openapi.yaml, and notes what was
// asked for.
type stage struct {
	t      *testing.T
	proxy  *httptest.Server
	direct string
	routes *http.ServeMux
	next   http.RoundTripper
	mu     sync.Mutex
	ids    []string
}

func newStage(t *testing.T, routes *http.ServeMux) *stage {
	t.Helper()
	running, err := server.Start(t.Context(), server.Config{
		Dev: true, Listen: "127.0.0.1:0", Region: "us", ManagementKey: "operator", ManagementSecret: "0123456789abcdef",
	}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	to, err := url.Parse(running.URL())
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{t: t, direct: running.URL(), routes: routes, next: specified.Transport(t)}
	s.proxy = httptest.NewServer(&httputil.ReverseProxy{Transport: s, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) }})
	t.Cleanup(func() {
		s.proxy.Close()
		if err := running.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// RoundTrip notes which operation a request is for.
func (s *stage) RoundTrip(request *http.Request) (*http.Response, error) {
	handler, _ := s.routes.Handler(request)
	id, ok := handler.(named)
	if !ok {
		return nil, errors.New("openapi.yaml has no such operation")
	}
	s.mu.Lock()
	s.ids = append(s.ids, string(id))
	s.mu.Unlock()
	return s.next.RoundTrip(request)
}

func (s *stage) asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ids
}

func (s *stage) where() []string { return s.credentials(s.proxy.URL) }

func (*stage) credentials(at string) []string {
	return []string{"--url=" + at, "--key=dev-rest-key", "--management-key=operator", "--management-secret=0123456789abcdef"}
}

// fill makes what a line names in capitals, past the proxy.
func (s *stage) fill(line string) []string {
	made := func(field, command string) string {
		s.t.Helper()
		out, err := run(s.t, s.t.TempDir(), append(strings.Fields(command), append(s.credentials(s.direct), "--json")...)...)
		_, value, ok := strings.Cut(out, `"`+field+`":`)
		if err != nil || !ok {
			s.t.Fatalf("usher %s: %v, %s", command, err, out)
		}
		return strings.Trim(value[:strings.IndexAny(value, ",}")], `"`)
	}
	words := strings.Fields(line)
	for i, word := range words {
		switch word {
		case "TOKEN":
			words[i] = made("authToken", "tokens issue cometchat-uid-1")
		case "KEY":
			words[i] = made("apiKey", "keys create worker")
		case "ROLE":
			words[i] = made("role", "roles create tutor Tutor")
		case "WEBHOOK":
			words[i] = made("id", "webhooks create Hook https://hooks.invalid/")
		case "DELIVERY":
			words[i] = made("id", "webhooks test "+words[i-1])
		case "SIGNINGKEY":
			words[i] = made("id", "jwt-keys list")
		case "APP", "ARCHIVED":
			words[i] = made("id", "apps create Clinic")
			if word == "ARCHIVED" {
				made("success", "apps delete --yes "+words[i])
			}
		}
	}
	return words
}
