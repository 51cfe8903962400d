package admin_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/usherhq/usher/internal/rest/specified"
	"github.com/usherhq/usher/sdk/go/admin"
	"github.com/usherhq/usher/spec"
)

// notForBackEnds are the operations of clients: with an auth token, or without any credential.
var notForBackEnds = []string{
	"signIn", "getMe", "signOut", "blockUsersAsMe", "listUsersBlockedByMe", "unblockUsersAsMe",
	"getSettings", "noteUserSession", "issueJWT", "issueCallToken", "verifyCallToken",
	// Package verify fetches them.
	"publicKeys",
}

// The users that every new app has.
const (
	andrew = "cometchat-uid-1"
	george = "cometchat-uid-2"
)

// stage is a client of a new app, and one of the management API.
type stage struct {
	*admin.Client

	management *admin.Management
}

func (s stage) token(ctx context.Context) string {
	token, err := s.AuthTokens.Issue(ctx, andrew, admin.IssueOptions{})
	if err != nil {
		panic(err)
	}
	return token.Token
}

func (s stage) key(ctx context.Context) string {
	key, err := s.APIKeys.Create(ctx, admin.NewAPIKey{Name: "one more"})
	if err != nil {
		panic(err)
	}
	return key.Key
}

func (s stage) role(ctx context.Context) string {
	role, err := s.Roles.Create(ctx, admin.NewRole{ID: "Tutor", Name: "Tutor"})
	if err != nil {
		panic(err)
	}
	return role.ID
}

func (s stage) app(ctx context.Context) string {
	app, err := s.management.Apps.Create(ctx, admin.NewApp{Name: "Clinic", SkipSampleData: true})
	if err != nil {
		panic(err)
	}
	return app.ID
}

func (s stage) webhook(ctx context.Context) string {
	webhook, err := s.Webhooks.Create(ctx, admin.NewWebhook{Name: "Audit", URL: "https://hooks.invalid/"})
	if err != nil {
		panic(err)
	}
	return webhook.ID
}

func (s stage) delivery(ctx context.Context, webhook string) int64 {
	delivery, err := s.Webhooks.Test(ctx, webhook)
	if err != nil {
		panic(err)
	}
	return delivery.ID
}

// failing drops what a method gives besides its error.
func failing[T any](_ T, err error) error { return err }

// operations has, for each operation of openapi.yaml that a back end uses, the method for it, with
// everything set that it can send.
var operations = map[string]func(context.Context, stage) error{
	"createUser": func(ctx context.Context, s stage) error {
		user, token, err := s.Users.CreateWithAuthToken(ctx, admin.NewUser{
			UID: "Mina-42", Name: "Mina", Avatar: "https://example.org/a", Link: "https://example.org/b", Role: "default",
			StatusMessage: "Hi", Metadata: json.RawMessage(`{"a":1}`), Tags: []string{"pilot"},
		})
		if err == nil && (token.UID != user.UID || user.Avatar == "" || user.Link == "" || user.StatusMessage == "" || user.Metadata == nil) {
			panic("the answer was not read whole")
		}
		return err
	},
	"listUsers": func(ctx context.Context, s stage) error {
		return failing(s.Users.OnBehalfOf(andrew).List(ctx, admin.UserListOptions{
			Page: 1, PerPage: 5, SearchKey: "c", SearchIn: []string{"uid", "name"}, Status: "offline", Roles: []string{"default"},
			Tags: []string{"pilot"}, UIDs: []string{andrew, george}, WithTags: true, Activity: admin.ActiveAndDeactivated,
			HideBlocked: true, SortBy: "uid", Descending: true,
		}))
	},
	"reactivateUsers": func(ctx context.Context, s stage) error { return failing(s.Users.Reactivate(ctx, andrew)) },
	"deactivateUsers": func(ctx context.Context, s stage) error { return failing(s.Users.DeactivateMany(ctx, andrew, george)) },
	"getUser":         func(ctx context.Context, s stage) error { return failing(s.Users.OnBehalfOf(andrew).Get(ctx, george)) },
	"updateUser": func(ctx context.Context, s stage) error {
		return failing(s.Users.Update(ctx, andrew, admin.UserChanges{
			Name: "A", Avatar: "https://example.org/a", Link: "https://example.org/b", Role: "default",
			Metadata: json.RawMessage(`{}`), StatusMessage: new(""), Tags: []string{}, Unset: []string{"avatar", "link", "metadata"},
		}))
	},
	"deleteUser": func(ctx context.Context, s stage) error { return s.Users.Delete(ctx, andrew) },
	"createAuthToken": func(ctx context.Context, s stage) error {
		return failing(s.AuthTokens.Issue(ctx, andrew, admin.IssueOptions{Force: true, ExpiresIn: time.Minute, Device: device}))
	},
	"listAuthTokens": func(ctx context.Context, s stage) error {
		s.token(ctx)
		return failing(s.AuthTokens.List(ctx, andrew, admin.ListOptions{Page: 1, PerPage: 1}))
	},
	"flushAuthTokens": func(ctx context.Context, s stage) error { return s.AuthTokens.Flush(ctx, andrew) },
	"getAuthToken":    func(ctx context.Context, s stage) error { return failing(s.AuthTokens.Get(ctx, andrew, s.token(ctx))) },
	"updateAuthToken": func(ctx context.Context, s stage) error {
		return failing(s.AuthTokens.Update(ctx, andrew, s.token(ctx), device))
	},
	"deleteAuthToken": func(ctx context.Context, s stage) error { return s.AuthTokens.Revoke(ctx, andrew, s.token(ctx)) },
	"introspect":      func(ctx context.Context, s stage) error { return failing(s.AuthTokens.Introspect(ctx, s.token(ctx))) },
	"blockUsers":      func(ctx context.Context, s stage) error { return failing(s.BlockedUsers.Block(ctx, andrew, george)) },
	"listBlockedUsers": func(ctx context.Context, s stage) error {
		return failing(s.BlockedUsers.List(ctx, andrew, admin.BlockedListOptions{Page: 1, PerPage: 1, Direction: admin.BlockedByMe}))
	},
	"unblockUsers": func(ctx context.Context, s stage) error { return failing(s.BlockedUsers.Unblock(ctx, andrew, george)) },
	"createRole": func(ctx context.Context, s stage) error {
		return failing(s.Roles.Create(ctx, admin.NewRole{
			ID: "Tutor", Name: "Tutor", Description: "Helps", Metadata: json.RawMessage(`{"a":1}`),
			Settings: admin.RoleSettings{ListUsers: admin.Everybody, SendMessagesTo: admin.FriendsOnly},
		}))
	},
	"listRoles": func(ctx context.Context, s stage) error {
		return failing(s.Roles.List(ctx, admin.ListOptions{PerPage: 1}))
	},
	"getRole": func(ctx context.Context, s stage) error { return failing(s.Roles.Get(ctx, s.role(ctx))) },
	"updateRole": func(ctx context.Context, s stage) error {
		return failing(s.Roles.Update(ctx, s.role(ctx), admin.RoleChanges{
			Name: "T", Description: "Helps", Metadata: json.RawMessage(`{}`), Settings: admin.RoleSettings{ListUsers: admin.FriendsOnly},
			Unset: []string{"settings", "description", "metadata"},
		}))
	},
	"restrictFeatures": func(ctx context.Context, s stage) error {
		return failing(s.Roles.Restrict(ctx, s.role(ctx), admin.FeatureListUsers))
	},
	"listRestrictedFeatures": func(ctx context.Context, s stage) error {
		return failing(s.Roles.Restricted(ctx, s.role(ctx)))
	},
	"allowFeatures": func(ctx context.Context, s stage) error {
		return failing(s.Roles.Allow(ctx, s.role(ctx), admin.FeatureListUsers))
	},
	"deleteRole": func(ctx context.Context, s stage) error { return s.Roles.Delete(ctx, s.role(ctx)) },
	"createAPIKey": func(ctx context.Context, s stage) error {
		return failing(s.APIKeys.Create(ctx, admin.NewAPIKey{Name: "worker", Scope: admin.ScopeAuthOnly}))
	},
	"listAPIKeys": func(ctx context.Context, s stage) error {
		return failing(s.APIKeys.List(ctx, admin.APIKeyListOptions{Page: 1, PerPage: 1, Scope: admin.ScopeFullAccess, SearchKey: "rest"}))
	},
	"getAPIKey": func(ctx context.Context, s stage) error { return failing(s.APIKeys.Get(ctx, s.key(ctx))) },
	"updateAPIKey": func(ctx context.Context, s stage) error {
		changes := admin.APIKeyChanges{Name: "w", Scope: admin.ScopeFullAccess, Disabled: new(true)}
		return failing(s.APIKeys.Update(ctx, s.key(ctx), changes))
	},
	"deleteAPIKey": func(ctx context.Context, s stage) error { return s.APIKeys.Delete(ctx, s.key(ctx)) },
	"importUsers": func(ctx context.Context, s stage) error {
		return failing(s.Users.ImportBatch(ctx, []admin.ImportUser{
			{NewUser: admin.NewUser{UID: "Ana-1", Name: "Ana"}, CreatedAt: 1, LastActiveAt: 2}, {NewUser: admin.NewUser{UID: andrew}},
		}))
	},
	"listEvents": func(ctx context.Context, s stage) error {
		return failing(s.Events.List(ctx, admin.EventListOptions{After: 1, Limit: 1, Kind: "user_created", UID: andrew}))
	},
	"createWebhook": func(ctx context.Context, s stage) error {
		return failing(s.Webhooks.Create(ctx, admin.NewWebhook{
			ID: "audit", Name: "Audit", URL: "https://hooks.invalid/", Triggers: []admin.Trigger{admin.TriggerUserConnection},
			UseBasicAuth: true, Username: "usher", Password: "open5esame", Enabled: new(false), RetryOnFailure: new(false),
		}))
	},
	"listWebhooks": func(ctx context.Context, s stage) error {
		s.webhook(ctx)
		return failing(s.Webhooks.List(ctx, admin.ListOptions{Page: 1, PerPage: 1}))
	},
	"getWebhook": func(ctx context.Context, s stage) error { return failing(s.Webhooks.Get(ctx, s.webhook(ctx))) },
	"updateWebhook": func(ctx context.Context, s stage) error {
		return failing(s.Webhooks.Update(ctx, s.webhook(ctx), admin.WebhookChanges{
			Name: "A", URL: "https://more.invalid/", Triggers: []admin.Trigger{}, UseBasicAuth: new(false), Username: new(""), Password: new(""),
			Enabled: new(false), RetryOnFailure: new(false), RenewSecret: true,
		}))
	},
	"deleteWebhook": func(ctx context.Context, s stage) error { return s.Webhooks.Delete(ctx, s.webhook(ctx)) },
	"testWebhook":   func(ctx context.Context, s stage) error { return failing(s.Webhooks.Test(ctx, s.webhook(ctx))) },
	"listDeliveries": func(ctx context.Context, s stage) error {
		webhook := s.webhook(ctx)
		s.delivery(ctx, webhook)
		return failing(s.Webhooks.Deliveries(ctx, webhook, admin.DeliveryListOptions{Page: 1, PerPage: 1, State: admin.DeliveryWaiting}))
	},
	"replayDelivery": func(ctx context.Context, s stage) error {
		webhook := s.webhook(ctx)
		return failing(s.Webhooks.Replay(ctx, webhook, s.delivery(ctx, webhook)))
	},
	"createApp": func(ctx context.Context, s stage) error {
		return failing(s.management.Apps.Create(ctx, admin.NewApp{
			ID: "Clinic-" + rand.Text(), Name: "Clinic", Region: "eu", SkipSampleData: true, Settings: switches,
		}))
	},
	"listApps": func(ctx context.Context, s stage) error {
		return failing(s.management.Apps.List(ctx, admin.AppListOptions{Page: 1, PerPage: 1, SearchKey: "c", State: admin.AppActive}))
	},
	"getApp": func(ctx context.Context, s stage) error { return failing(s.management.Apps.Get(ctx, s.app(ctx))) },
	"updateApp": func(ctx context.Context, s stage) error {
		return failing(s.management.Apps.Update(ctx, s.app(ctx), admin.AppChanges{Name: "C", Settings: switches}))
	},
	"deleteApp":        func(ctx context.Context, s stage) error { return failing(s.management.Apps.Delete(ctx, s.app(ctx))) },
	"restoreApp":       func(ctx context.Context, s stage) error { return failing(s.management.Apps.Restore(ctx, s.app(ctx))) },
	"listSigningKeys":  func(ctx context.Context, s stage) error { return failing(s.management.SigningKeys.List(ctx)) },
	"rotateSigningKey": func(ctx context.Context, s stage) error { return failing(s.management.SigningKeys.RotateNow(ctx)) },
	"withdrawSigningKey": func(ctx context.Context, s stage) error {
		key, err := s.management.SigningKeys.RotateNow(ctx)
		if err != nil {
			return err
		}
		return s.management.SigningKeys.Withdraw(ctx, key.ID)
	},
	"alive": func(ctx context.Context, s stage) error { return s.Health.Alive(ctx) },
	"ready": func(ctx context.Context, s stage) error { return s.Health.Ready(ctx) },
}

var (
	device   = admin.Device{Platform: "ios", DeviceID: "phone-1", UserAgent: "app/1", AppInfo: json.RawMessage(`{"version":"1"}`)}
	switches = admin.AppSettings{
		LogoutRevokes: admin.LogoutRevokesNever, AuthOnlyAccess: admin.AuthOnlyTokens, AuthTokenLifetime: new(time.Duration(0)),
	}
)

// A new endpoint needs a method, or has to be named as one that back ends don't need.
func TestEveryOperationOfTheContractHasAMethodThatWorks(t *testing.T) {
	t.Parallel()
	document := must(openapi3.NewLoader().LoadFromData(spec.OpenAPI()))(t)
	routes := http.NewServeMux()
	known := map[string]bool{}
	for path, item := range document.Paths.Map() {
		for method, operation := range item.Operations() {
			known[operation.OperationID] = true
			for _, version := range []string{"/v3", ""} {
				routes.Handle(method+" "+version+path, answering(operation.OperationID))
			}
			if operations[operation.OperationID] == nil && !slices.Contains(notForBackEnds, operation.OperationID) {
				t.Errorf("%s (%s %s) has no method here", operation.OperationID, method, path)
			}
		}
	}
	for _, id := range notForBackEnds {
		if !known[id] || operations[id] != nil {
			t.Errorf("%s is not in openapi.yaml, or has a method", id)
		}
	}
	for id, call := range operations {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			recorder := &recorder{routes: routes, next: specified.Transport(t)}
			option := admin.WithHTTPClient(&http.Client{Transport: recorder})
			if err := call(t.Context(), stage{newClient(option), newManagement(option)}); err != nil {
				t.Fatal(err)
			}
			if got := recorder.last; got != id {
				t.Errorf("the method asks for %s", got)
			}
		})
	}
}

// answering is an operation, for routes to find and never to serve.
type answering string

func (answering) ServeHTTP(http.ResponseWriter, *http.Request) {}

// recorder notes which operation the last request was for.
type recorder struct {
	routes *http.ServeMux
	next   http.RoundTripper

	mu   sync.Mutex
	last string
}

func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	handler, _ := r.routes.Handler(request)
	r.mu.Lock()
	defer r.mu.Unlock()
	id, _ := handler.(answering)
	r.last = string(id)
	return r.next.RoundTrip(request)
}

func TestEveryFunctionAndMethodHasAnExample(t *testing.T) {
	t.Parallel()
	// These belong to interfaces of the standard library.
	passed := []string{"String", "GoString", "LogValue", "UnmarshalJSON"}
	exported, examples := map[string]bool{}, map[string]bool{}
	for _, name := range must(fs.Glob(os.DirFS("."), "*.go"))(t) {
		file := must(parser.ParseFile(token.NewFileSet(), name, nil, 0))(t)
		for _, declaration := range file.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if !ok {
				continue
			}
			switch of := receiver(function); {
			case strings.HasSuffix(name, "_test.go"):
				if of, isExample := strings.CutPrefix(function.Name.Name, "Example"); isExample {
					examples[of] = true
				}
			case !function.Name.IsExported(), of != "" && !ast.IsExported(of), slices.Contains(passed, function.Name.Name):
			case of != "":
				exported[of+"_"+function.Name.Name] = true
			default:
				exported[function.Name.Name] = true
			}
		}
	}
	if len(exported) < 50 {
		t.Errorf("only %d functions and methods were found", len(exported))
	}
	for name := range exported {
		if !examples[name] {
			t.Errorf("there is no Example%s", name)
		}
	}
}

func receiver(function *ast.FuncDecl) string {
	if function.Recv == nil {
		return ""
	}
	of := function.Recv.List[0].Type
	if pointer, ok := of.(*ast.StarExpr); ok {
		of = pointer.X
	}
	if name, ok := of.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}
