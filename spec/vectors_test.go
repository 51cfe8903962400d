package spec_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Every file of vectors/ has the shape that vectors/README.md describes, and every code in it is one
// of errors.json, but for those that stand for codes of the future.
func TestVectorsHaveTheirShape(t *testing.T) {
	t.Parallel()
	fields := map[string][]string{
		"uid.json": {"code", "input", "name"}, "key.json": {"code", "input", "name"}, "token.json": {"code", "input", "name"},
		"answers.json": {"body", "call", "code", "ends", "name", "status"},
		"urls.json":    {"code", "keyBase", "name", "settings", "tokenBase"},
		"users.json":   {"data", "name", "user"}, "jwt.json": {"jwt", "name", "payload"},
		"chat_codes.json": {"chat", "code", "empty", "name"},
	}
	known := map[string]bool{"ERR_FROM_THE_FUTURE": true, "so-what 7": true}
	for _, e := range registry(t) {
		known[e.Code] = true
	}
	files, err := filepath.Glob("vectors/*.json")
	if err != nil || len(files) != len(fields) {
		t.Fatalf("files = %v, %v", files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			want := fields[filepath.Base(file)]
			for name, vector := range readVectors(t, file) {
				var got []string
				for field := range vector {
					got = append(got, field)
				}
				if slices.Sort(got); !slices.Equal(got, want) {
					t.Errorf("%s has the fields %v, want %v", name, got, want)
				}
				for _, field := range []string{"code", "chat"} {
					if code, isText := vector[field].(string); isText && !known[code] {
						t.Errorf("%s names %s, which errors.json does not have", name, code)
					}
				}
			}
		})
	}
}

// readVectors gives the cases by name.
func readVectors(t *testing.T, file string) map[string]map[string]any {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var content struct {
		About string           `json:"about"`
		Cases []map[string]any `json:"cases"`
	}
	if err := json.Unmarshal(text, &content); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(content.About, ".") || len(content.Cases) == 0 {
		t.Error("about is no sentence, or there are no cases")
	}
	cases := make(map[string]map[string]any)
	for _, vector := range content.Cases {
		name, _ := vector["name"].(string)
		if name == "" || cases[name] != nil {
			t.Errorf("the name %q is empty or stands twice", name)
		}
		cases[name] = vector
	}
	return cases
}
