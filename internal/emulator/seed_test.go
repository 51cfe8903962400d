package emulator_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/usherhq/usher/internal/realtime"
	"github.com/usherhq/usher/internal/server"
)

const adaToken = "ada_00000000000000000000000000000000000000aa"

// everything is a document with every field that there is.
const everything = `{
  "name": "My app", "region": "eu", "logoutRevokes": "always", "authOnlyAccess": "tokens",
  "authTokenLifetime": 86400, "bindTokensToDevice": true, "createdAt": 1700000000, "updatedAt": 1700000001,
  "apiKeys": [
    {"apiKey": "seeded-auth-key", "name": "For apps", "scope": "authOnly", "createdBy": "ada", "createdAt": 1700000002},
    {"apiKey": "dev-rest-key", "name": "For the back end", "scope": "fullAccess", "createdBy": "ada", "createdAt": 1700000003},
    {"apiKey": "seeded-off-key", "name": "Switched off", "scope": "fullAccess", "createdBy": "ada", "createdAt": 1700000004, "disabled": true}
  ],
  "roles": [
    {"role": "default", "name": "Everybody", "createdAt": 1700000005, "updatedAt": 1700000006},
    {"role": "doctor", "name": "Doctor", "description": "Sees patients", "metadata": {"ward": 7},
     "settings": {"listUsers": "all", "sendMessagesTo": "friendsOnly"}, "restrictedFeatures": ["u.listUsers"],
     "createdAt": 1700000007, "updatedAt": 1700000008}
  ],
  "users": [
    {"uid": "ada", "name": "Ada", "avatar": "https://img.example/ada.png", "link": "https://ada.example", "role": "doctor",
     "statusMessage": "Here", "metadata": {"@private": {"email": "ada@example.com"}}, "tags": ["night", "day"],
     "createdAt": 1700000009, "updatedAt": 1700000010, "lastActiveAt": 1700000011,
     "authTokens": [
       {"authToken": "` + adaToken + `", "apiKey": "seeded-auth-key", "mintedBy": "authOnly", "platform": "WEB",
        "deviceId": "d1", "userAgent": "Mozilla", "appInfo": {"version": "1"}, "createdAt": 1700000012, "expiresAt": 4000000000},
       {"authToken": "ada_00000000000000000000000000000000000000ab", "mintedBy": "fullAccess", "createdAt": 1700000013}
     ],
     "blocks": [{"uid": "bob", "blockedAt": 1700000014}, {"uid": "gone", "blockedAt": 1700000015}]},
    {"uid": "bob", "name": "Bob", "role": "default", "createdAt": 1700000016, "updatedAt": 1700000017},
    {"uid": "gone", "name": "Gone", "role": "default", "createdAt": 1700000018, "updatedAt": 1700000019, "deactivatedAt": 1700000020}
  ],
  "apps": [
    {"id": "archive", "name": "Second", "region": "us", "logoutRevokes": "never", "authOnlyAccess": "none", "createdAt": 1700000021,
     "scheduledToDeleteAt": 4000000001, "apiKeys": [], "roles": [{"role": "default", "name": "Default", "createdAt": 1700000022, "updatedAt": 1700000023}],
     "users": [{"uid": "ada", "name": "Another Ada", "role": "default", "createdAt": 1700000024, "updatedAt": 1700000025}]}
  ]
}`

func TestADocumentIsExportedAsItWasSeeded(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.do("POST", "/dev/seed", everything)
	exported := b.do("GET", "/dev/export", "")
	want := read[any](t, []byte(everything))
	wantEqual(t, "the export", read[any](t, exported), want)

	b.do("POST", "/dev/reset", "")
	wantEqual(t, "the users after a reset", b.uids(), sampleUIDs)
	// As curl saves it: the whole answer, with its data.
	b.do("POST", "/dev/seed", `{"data":`+string(exported)+`}`)
	wantEqual(t, "the export after a reset and a seed", read[any](t, b.do("GET", "/dev/export", "")), want)
}

func TestWhatWasMadeByCallsComesThroughAnExport(t *testing.T) {
	t.Parallel()
	b := newBench(t, withManagement)
	second := read[struct{ APIKeys map[string]any }](t, b.do("POST", "/v3/apps", `{"id":"second","name":"Second"}`, manager...))
	b.do("POST", "/v3/roles", `{"role":"vip","name":"VIP"}`, backEnd...)
	b.do("POST", "/v3/users", `{"uid":"eve","name":"Eve","role":"vip","metadata":{"@private":{"phone":"1"}}}`, backEnd...)
	b.do("DELETE", "/v3/users/cometchat-uid-5", `{"permanent":true}`, backEnd...)
	b.do("POST", "/v3/users/eve/blockedusers", `{"blockedUids":["cometchat-uid-1"]}`, backEnd...)
	token := b.token("eve", `{"expiresIn":3600}`)
	b.do("PUT", "/v3/me", `{"platform":"WEB","deviceId":"d"}`, holding(token)...)
	ended := b.socket(token)

	exported := b.do("GET", "/dev/export", "")
	b.do("POST", "/dev/reset", "")
	if code := ended(); code != websocket.StatusCode(realtime.Revoked) {
		t.Errorf("the socket ended with %d", code)
	}
	b.do("POST", "/dev/seed", string(exported))
	if !b.works(token) {
		t.Error("the token does not work")
	}
	wantEqual(t, "the users", b.uids(), []string{"cometchat-uid-1", "cometchat-uid-2", "cometchat-uid-3", "cometchat-uid-4", "eve"})
	for key := range second.APIKeys {
		if answer := b.call("GET", "/v3/users", "", "appId", "second", "apikey", key); answer.status == http.StatusUnauthorized {
			t.Errorf("a key of the second app: %s", answer.text)
		}
	}
	again := b.do("GET", "/dev/export", "")
	wantEqual(t, "the export", read[any](t, again), read[any](t, exported))
}

func TestASeedSaysOnlyWhatItNames(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.do("POST", "/v3/roles", `{"role":"left","name":"Left"}`, backEnd...)
	b.do("POST", "/dev/seed", `{"roles":[{"role":"vip","name":"VIP"}]}`)
	wantEqual(t, "the users where none are named", b.uids(), sampleUIDs)
	roles := read[[]struct{ Role string }](t, b.do("GET", "/v3/roles", "", backEnd...))
	wantEqual(t, "the roles", roles, []struct{ Role string }{{"default"}, {"vip"}})

	b.do("POST", "/dev/seed", `{"users":[{"uid":"Ada","name":"Ada","authTokens":[{"authToken":"`+adaToken+`","expiresIn":60}]}]}`)
	wantEqual(t, "the users where some are named", b.uids(), []string{"ada"})
	if !b.works(adaToken) {
		t.Error("the token that was named does not work")
	}
	_ = b.socket(adaToken)
	b.do("POST", "/dev/clock", `{"advance":"60s"}`)
	if b.works(adaToken) {
		t.Error("the token works after its time")
	}
	b.do("POST", "/dev/seed", `{"users":[]}`)
	wantEqual(t, "the users where the list is empty", b.uids(), []string{})
}

func TestASeedWithAMistakeChangesNothingAndIsToldWhere(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	token := b.token("cometchat-uid-1", "")
	ada := func(rest string) string {
		return `{"users":[{"uid":"bob","name":"Bob"},{"uid":"ada","name":"Ada"` + rest + `}]}`
	}
	for name, test := range map[string]struct{ document, place, says string }{
		"a user without a name":           {`{"users":[{"uid":"ada"}]}`, "users[0].name", "required"},
		"a user twice":                    {`{"users":[{"uid":"ada","name":"A"},{"uid":"ADA","name":"B"}]}`, "users[1]", "exists already"},
		"a role that is not there":        {ada(`,"role":"vip"`), "users[1].role", "does not exist"},
		"a picture that is a script":      {ada(`,"avatar":"javascript:x"`), "users[1].avatar", "http"},
		"an unknown field":                {ada(`,"status":"online"`), "users[1].status", "no such field"},
		"a number for a name":             {`{"users":[{"uid":"ada","name":7}]}`, "users[0].name", "number"},
		"a text for a user":               {`{"users":["ada"]}`, "users[0]", "object"},
		"milliseconds":                    {ada(`,"createdAt":1700000000000`), "users[1].createdAt", "unix seconds"},
		"a token of another form":         {ada(`,"authTokens":[{"authToken":"secret"}]`), "users[1].authTokens[0].authToken", "underscore"},
		"a token with another's name":     {ada(`,"authTokens":[{"authToken":"bob_00000000000000000000000000000000000000aa"}]`), "users[1].authTokens[0].authToken", "ada_0000"},
		"a token twice":                   {ada(`,"authTokens":[{"authToken":"` + adaToken + `"},{"authToken":"` + adaToken + `"}]`), "users[1].authTokens[1].authToken", "already"},
		"a token of an unknown key":       {ada(`,"authTokens":[{"authToken":"` + adaToken + `","apiKey":"no-such-key"}]`), "users[1].authTokens[0].apiKey", "no such key"},
		"a token that ends twice":         {ada(`,"authTokens":[{"authToken":"` + adaToken + `","expiresAt":1,"expiresIn":1}]`), "users[1].authTokens[0].expiresIn", "not both"},
		"a token of a deactivated user":   {ada(`,"deactivatedAt":1,"authTokens":[{"authToken":"` + adaToken + `"}]`), "users[1].authTokens", "deactivated"},
		"a block of nobody":               {ada(`,"blocks":[{"uid":"nobody"}]`), "users[1].blocks[0]", "does not exist"},
		"a block of oneself":              {ada(`,"blocks":[{"uid":"ada"}]`), "users[1].blocks[0]", "itself"},
		"a key that is too short":         {`{"apiKeys":[{"apiKey":"short"}]}`, "apiKeys[0].apiKey", "8 to 100"},
		"a key twice":                     {`{"apiKeys":[{"apiKey":"the-same-key"},{"apiKey":"the-same-key"}]}`, "apiKeys[1].apiKey", "already"},
		"a scope that is none":            {`{"apiKeys":[{"apiKey":"seeded-key","scope":"all"}]}`, "apiKeys[0].scope", "fullAccess"},
		"a role without a name":           {`{"roles":[{"role":"vip"}]}`, "roles[0].name", "required"},
		"a role twice":                    {`{"roles":[{"role":"vip","name":"A"},{"role":"vip","name":"B"}]}`, "roles[1]", "exists already"},
		"more keys than an app may have":  {`{"apiKeys":[` + strings.Repeat(`{"apiKey":"key-number-x"},`, 25) + `{"apiKey":"last-key-x"}]}`, "apiKeys", "more than 25"},
		"a setting that is none":          {`{"logoutRevokes":"sometimes"}`, "logoutRevokes", "sdk, always or never"},
		"a life of tokens beyond all":     {`{"authTokenLifetime":99999999999}`, "authTokenLifetime", "ten years"},
		"an app without an id":            {`{"apps":[{"name":"X"}]}`, "apps[0].appId", "app id"},
		"the app of the start once more":  {`{"apps":[{"id":"usher-dev"}]}`, "apps[0].id", "already"},
		"a mistake in another app":        {`{"apps":[{"id":"one"},{"id":"two","users":[{"uid":"a b","name":"A"}]}]}`, "apps[1].users[0].uid", "letters"},
		"a mistake behind many good ones": {strings.Replace(manyUsers(50), `{"users":[`, `{"roles":[{"role":"vip","name":"VIP"}],"users":[{"uid":"ada","name":"Ada","blocks":[{"uid":"nobody"}]},`, 1), "users[0].blocks[0]", "does not exist"},
	} {
		answer := b.call("POST", "/dev/seed", test.document)
		reasons := strings.Join(answer.Error.Details[test.place], " ")
		if answer.status != http.StatusBadRequest || !strings.Contains(reasons, test.says) {
			t.Errorf("%s: %d %s", name, answer.status, answer.text)
		}
	}
	wantEqual(t, "the users after all that", b.uids(), sampleUIDs)
	if !b.works(token) {
		t.Error("a token from before works no more")
	}
}

// seeded starts a server with a document.
func seeded(t *testing.T, document string) func(*server.Config) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "seed.json")
	if err := os.WriteFile(path, []byte(document), 0o600); err != nil {
		t.Fatal(err)
	}
	return func(config *server.Config) { config.Seed = path }
}

func TestAServerStartsWithItsSeedAndGoesBackToIt(t *testing.T) {
	t.Parallel()
	b := newBench(t, seeded(t, `{"users":[{"uid":"ada","name":"Ada","authTokens":[{"authToken":"`+adaToken+`"}]}]}`))
	if !b.works(adaToken) {
		t.Error("the seeded token does not work")
	}
	b.do("POST", "/v3/users", `{"uid":"bob","name":"Bob"}`, backEnd...)
	b.do("DELETE", "/v3/users/ada", `{"permanent":true}`, backEnd...)
	b.do("POST", "/dev/reset", "")
	wantEqual(t, "the users after a reset", b.uids(), []string{"ada"})
	if !b.works(adaToken) {
		t.Error("the seeded token does not work after a reset")
	}
}

func TestTheExampleForCIStarts(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(config *server.Config) { config.Seed = "../../examples/ci/seed.json" })
	if !b.works("ada_0000000000000000000000000000000000000001") {
		t.Error("its token does not work")
	}
}

func TestASeedThatCannotBeLoadedKeepsTheServerFromStarting(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*server.Config)
		says   string
	}{
		"a mistake":       {seeded(t, `{"users":[{"uid":"ada"}]}`), "users[0].name: The name field is required."},
		"no JSON":         {seeded(t, `users: ada`), "body: This is no JSON"},
		"no file":         {func(c *server.Config) { c.Seed = filepath.Join(t.TempDir(), "none.json") }, "no such file"},
		"not development": {func(c *server.Config) { c.Seed, c.Dev = "seed.json", false }, "--seed replaces all data"},
	} {
		config := server.Config{Dev: true, Listen: "127.0.0.1:0", Region: "us"}
		test.change(&config)
		running, err := server.Start(context.WithoutCancel(t.Context()), config, quiet)
		if err == nil {
			_ = running.Close()
			t.Errorf("%s: it starts", name)
			continue
		}
		if !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), "--seed") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheAnnouncementShowsTheKeysAndUsersThatThereAre(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		document string
		shows    []string
		hides    []string
	}{
		"only roles": {`{"roles":[]}`, []string{"dev-rest-key", "cometchat-uid-5", "seed.json", "/dev/"}, []string{"YOUR_"}},
		"users":      {`{"users":[{"uid":"ada","name":"Ada"}]}`, []string{"dev-rest-key", "/v3/users/YOUR_UID/"}, []string{"cometchat-uid"}},
		"keys":       {`{"apiKeys":[{"apiKey":"seeded-rest-key","scope":"fullAccess"}]}`, []string{"YOUR_REST_KEY", "cometchat-uid-1"}, []string{"dev-rest-key", "seeded-rest-key"}},
	} {
		config := server.Config{Dev: true, Listen: "127.0.0.1:0", Region: "us"}
		seeded(t, test.document)(&config)
		ctx, stop := context.WithCancel(t.Context())
		out := &printed{stop: stop}
		if err := server.Run(ctx, config, out, quiet); err != nil {
			t.Fatal(err)
		}
		for _, text := range test.shows {
			if !strings.Contains(out.text, text) {
				t.Errorf("%s: it does not show %s: %s", name, text, out.text)
			}
		}
		for _, text := range test.hides {
			if strings.Contains(out.text, text) {
				t.Errorf("%s: it shows %s: %s", name, text, out.text)
			}
		}
	}
}

// printed keeps what a server announces, and stops it then.
type printed struct {
	text string
	stop func()
}

func (p *printed) Write(text []byte) (int, error) {
	p.text += string(text)
	p.stop()
	return len(text), nil
}
