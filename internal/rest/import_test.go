package rest_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const importPath = "/data_import/users"

// imported is the answer of an import by the uid that was sent.
func imported(a *api, users string) map[string]any {
	a.t.Helper()
	return a.must(http.MethodPost, "/v3"+importPath, byREST(), `{"users":`+users+`}`).data()
}

// refusal is the code of a user who was not imported, and the field that is to blame.
func refusal(outcome any) (code, field string) {
	entity, _ := outcome.(map[string]any)
	if entity["success"] != false {
		return "imported", ""
	}
	failure, _ := entity["error"].(map[string]any)
	code, _ = failure["code"].(string)
	details, _ := failure["details"].(map[string]any)
	return code, strings.Join(slices.Collect(maps.Keys(details)), " ")
}

// Contract 9.16, 9.56.
func TestImportKeepsTheTimes(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	// The documents' own example, and one with everything.
	got := imported(a, `{
		"ana-1": {"uid": "ana-1", "name": "Ana", "createdAt": "1609459200", "lastActiveAt": "1609459300", "metadata": {"src": "old"}},
		"Ben-2": {"uid": "ben-2", "name": "Ben 🎉", "avatar": "https://img.example.org/b.png", "link": "https://example.org/ben",
			"statusMessage": "hello", "metadata": {"@private": {"email": "b@example.org"}}, "tags": ["pilot"],
			"createdAt": 1, "lastActiveAt": 253402300799},
		"cho_3": {"uid": "cho_3", "name": "Cho", "createdAt": null, "lastActiveAt": 0}}`)
	want := map[string]any{
		"ana-1": map[string]any{
			"uid": "ana-1", "name": "Ana", "role": "default", "status": "offline", "metadata": map[string]any{"src": "old"},
			"createdAt": 1609459200.0, "updatedAt": 1609459200.0, "lastActiveAt": 1609459300.0,
		},
		"Ben-2": map[string]any{
			"uid": "ben-2", "name": "Ben 🎉", "avatar": "https://img.example.org/b.png", "link": "https://example.org/ben",
			"role": "default", "status": "offline", "statusMessage": "hello",
			"metadata": map[string]any{"@private": map[string]any{"email": "b@example.org"}}, "tags": []any{"pilot"},
			"createdAt": 1.0, "updatedAt": 1.0, "lastActiveAt": 253402300799.0,
		},
		"cho_3": map[string]any{
			"uid": "cho_3", "name": "Cho", "role": "default", "status": "offline",
			"createdAt": float64(noon.Unix()), "updatedAt": float64(noon.Unix()),
		},
	}
	for key, user := range want {
		if difference := cmp.Diff(map[string]any{"success": true, "data": user}, got[key]); difference != "" {
			t.Errorf("%s: %s", key, difference)
		}
		stored := a.must(http.MethodGet, "/users/"+key, byREST(), "").data()
		if difference := cmp.Diff(user, stored); difference != "" {
			t.Errorf("GET %s: %s", key, difference)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d users were answered, want %d", len(got), len(want))
	}
}

func TestImportedUsersFailEachForItself(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.deactivate("cometchat-uid-2")
	outcomes := imported(a, `{
		"ana": {"uid": "ana", "name": "Ana"},
		"ANA": {"uid": "ANA", "name": "Ana in capitals"},
		"there": {"uid": "there"},
		"other": {"uid": "another", "name": "Mismatch"},
		"none": {"name": "No uid"},
		"a b": {"uid": "a b", "name": "Space"},
		"late": {"uid": "late", "name": "Late", "createdAt": 253402300800},
		"king": {"uid": "king", "name": "King", "role": "king"},
		"cometchat-uid-1": {"uid": "cometchat-uid-1", "name": "Again"},
		"cometchat-uid-2": {"uid": "cometchat-uid-2", "name": "Deactivated"},
		"zoe": {"uid": "zoe", "name": "Zoë"}}`)
	for key, want := range map[string][2]string{
		// Of two spellings the first in the order of their bytes.
		"ANA": {"imported", ""}, "ana": {"ERR_UID_ALREADY_EXISTS", ""}, "zoe": {"imported", ""},
		"there": {"ERR_BAD_REQUEST", "name"}, "other": {"ERR_BAD_REQUEST", "uid"}, "none": {"ERR_BAD_REQUEST", "uid"},
		"a b": {"ERR_BAD_REQUEST", "uid"}, "late": {"ERR_BAD_REQUEST", "createdAt"}, "king": {"ERR_BAD_REQUEST", "role"},
		"cometchat-uid-1": {"ERR_UID_ALREADY_EXISTS", ""}, "cometchat-uid-2": {"ERR_UID_ALREADY_EXISTS", ""},
	} {
		if code, field := refusal(outcomes[key]); code != want[0] || field != want[1] {
			t.Errorf("%s: got %s %s, want %s", key, code, field, want)
		}
	}
	for _, uid := range []string{"there", "other", "another", "none", "late", "king"} {
		a.refused(http.MethodGet, "/users/"+uid, byREST(), "", "ERR_UID_NOT_FOUND", 404)
	}
	if got := a.must(http.MethodGet, "/users/ana", byREST(), "").data()["name"]; got != "Ana in capitals" {
		t.Errorf("ana is %v", got)
	}
}

// What is not even a user fails only by itself as well.
func TestWhatIsNoUserFailsForItself(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for text, want := range map[string]string{
		`null`: "user", `[]`: "user", `"ana"`: "user", `1`: "user",
		`{"uid":"ana","name":"Ana","createdAt":"soon"}`:     "createdAt",
		`{"uid":"ana","name":"Ana","lastActiveAt":-1}`:      "lastActiveAt",
		`{"uid":"ana","name":"Ana","createdAt":{"at":1}}`:   "createdAt",
		`{"uid":"ana","name":"Ana","tags":"pilot"}`:         "tags",
		`{"uid":"ana","name":{}}`:                           "name",
		`{"uid":["ana"],"name":"Ana"}`:                      "uid",
		`{"uid":"ana","name":"Ana","metadata":"x"}`:         "metadata",
		`{"uid":"ana","name":"Ana","metadata":{"a":"\u0"}}`: "",
	} {
		users := `{"ana":` + text + `,"ben":{"uid":"ben","name":"Ben"}}`
		if want == "" {
			// Not JSON: then nothing of the request is.
			a.refused(http.MethodPost, importPath, byREST(), `{"users":`+users+`}`, "ERR_BAD_REQUEST", 400)
			continue
		}
		outcomes := imported(a, users)
		if code, field := refusal(outcomes["ana"]); code != "ERR_BAD_REQUEST" || field != want {
			t.Errorf("%s: got %s %s, want %s", text, code, field, want)
		}
		if code, _ := refusal(outcomes["ben"]); code != "imported" {
			t.Errorf("%s: the other user was refused: %s", text, code)
		}
		a.must(http.MethodDelete, "/users/ben", byREST(), `{"permanent":true}`)
	}
}

// Contract 9.16.
func TestImportTakesFiftyUsersInAMegabyte(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	users := func(prefix string, count int, metadata string) string {
		var all []string
		for i := range count {
			all = append(all, fmt.Sprintf(`"%s-%d":{"uid":"%[1]s-%[2]d","name":"N","metadata":{"a":%[3]q}}`, prefix, i, metadata))
		}
		return "{" + strings.Join(all, ",") + "}"
	}
	outcomes := imported(a, users("many", 50, strings.Repeat("x", 5000)))
	for key, outcome := range outcomes {
		if code, _ := refusal(outcome); code != "imported" {
			t.Errorf("%s: %s", key, code)
		}
	}
	if len(outcomes) != 50 {
		t.Errorf("%d users were imported", len(outcomes))
	}
	for name, body := range map[string]string{
		"51 users":         `{"users":` + users("more", 51, "x") + `}`,
		"no users":         `{"users":{}}`,
		"null":             `{"users":null}`,
		"nothing":          ``,
		"a list":           `{"users":[{"uid":"ana","name":"Ana"}]}`,
		"over a megabyte":  `{"users":` + users("wide", 50, strings.Repeat("x", 21<<10)) + `}`,
		"far over that":    `{"users":{"ana":"` + strings.Repeat("x", 4<<20) + `"}}`,
		"a cut one":        `{"users":` + users("cut", 2, "x"),
		"something behind": `{"users":` + users("behind", 2, "x") + `} {}`,
	} {
		unchanged(t, a, func() {
			t.Helper()
			got := a.refused(http.MethodPost, importPath, byREST(), body, "ERR_BAD_REQUEST", 400)
			if failure, _ := got.body["error"].(map[string]any); failure["details"] == nil {
				t.Errorf("%s: no details say what is wrong: %s", name, got.text)
			}
		})
	}
}
