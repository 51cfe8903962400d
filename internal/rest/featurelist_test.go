package rest_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

// restRows are the rows of the contract's feature checklist (contract 9) that speak of REST. What is
// left out belongs to SDKs.
var restRows = []int{
	1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29,
	31, 32, 33, 35, 41, 45, 49, 52, 53, 54, 55, 56, 57, 58, 59, 60,
}

// namedRows is the line of a test's comment that names the rows it proves, as "Contract 9.2, 9.3." does.
var namedRows = regexp.MustCompile(`(?m)^Contract (9\.[0-9]+(?:, 9\.[0-9]+)*)\.$`)

func TestEveryFeatureOfTheRESTContractHasATestThatNamesIt(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, declared := range parsed.Decls {
			test, ok := declared.(*ast.FuncDecl)
			if !ok || !strings.HasPrefix(test.Name.Name, "Test") {
				continue
			}
			for _, rows := range namedRows.FindAllStringSubmatch(test.Doc.Text(), -1) {
				for row := range strings.SplitSeq(rows[1], ", ") {
					named[row] = true
				}
			}
		}
	}
	for _, row := range restRows {
		name := fmt.Sprintf("9.%d", row)
		if !named[name] {
			t.Errorf("no test names row %d of the feature checklist: say \"Contract %s.\" in the comment of the one that proves it", row, name)
		}
		delete(named, name)
	}
	for row := range named {
		t.Errorf("contract %s is named by a test, but is no row that speaks of REST", row)
	}
}

// Contract 9.1, 9.6.
func TestANewAppHasTwoKeysAndTheSampleUsersUnlessToldOtherwise(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for body, sampleUsers := range map[string]int{
		`{"name":"Clinic","id":"clinic-1"}`:                        5,
		`{"name":"Clinic","id":"clinic-2","skipSampleData":false}`: 5,
		`{"name":"Clinic","id":"clinic-3","skipSampleData":true}`:  0,
	} {
		created := a.must(http.MethodPost, "/apps", byManager(), body).data()
		scopes := map[string]any{}
		full := ""
		for value, key := range created["apiKeys"].(map[string]any) {
			a.isSecret(value)
			shown := key.(map[string]any)
			scopes[shown["name"].(string)] = shown["scope"]
			if shown["createdBy"] != "app_system" || shown["apiKey"] != value {
				t.Errorf("%s: the key %v is by %v", body, shown["name"], shown["createdBy"])
			}
			if shown["scope"] == "fullAccess" {
				full = value
			}
		}
		if len(scopes) != 2 || scopes["Rest API Key"] != "fullAccess" || scopes["Auth Key"] != "authOnly" {
			t.Errorf("%s: the keys are %v", body, scopes)
		}
		by := headers{"apikey": full, "appId": created["id"].(string)}
		for _, event := range a.must(http.MethodGet, "/events", by, "").list() {
			if event["actor"] != "management" || event["address"] != "127.0.0.1" {
				t.Errorf("%s: %v is by %v from %v", body, event["kind"], event["actor"], event["address"])
			}
		}
		users := a.must(http.MethodGet, "/users", by, "").list()
		if len(users) != sampleUsers {
			t.Errorf("%s: %d users, want %d", body, len(users), sampleUsers)
		}
	}
}

// Contract 9.31, 9.32, 9.53.
func TestATokenOfABackEndOrOfAnAuthKeyLogsIn(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for name, by := range map[string]headers{"the back end's": byREST(), "the Auth Key's": byAuthKey()} {
		token := a.must(http.MethodPost, "/users/"+andrew+"/auth_tokens", by, `{"platform":"WEB","deviceId":"`+name+`"}`).data()["authToken"].(string)
		for _, method := range []string{http.MethodPut, http.MethodGet} {
			if me := a.must(method, "/me", byToken(token), "").data(); me["uid"] != andrew || me["authToken"] != token {
				t.Errorf("%s: %s me answered %v", name, method, me["uid"])
			}
		}
	}
}

// Contract 9.20.
func TestATokenLivesForEverUnlessSaid(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	issued := a.must(http.MethodPost, "/users/"+andrew+"/auth_tokens", byREST(), `{"force":true}`).data()
	token := issued["authToken"].(string)
	if end, ok := issued["expiresAt"]; ok {
		t.Errorf("the token ends at %v", end)
	}
	much := noon.AddDate(1000, 0, 0)
	later := identity.NewService(a.store, func() time.Time { return much }, strings.NewReader(""))
	if err := later.KeepHouse(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := later.FindSession(t.Context(), appID, identity.Secret(token)); err != nil {
		t.Errorf("after a thousand years: %v", err)
	}
}
