package usher_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

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

func TestCheckVectors(t *testing.T) {
	t.Parallel()
	for file, check := range map[string]func(string) error{
		"uid.json": usher.CheckUID, "key.json": usher.CheckAPIKey, "token.json": usher.CheckAuthToken,
	} {
		for _, vector := range vectors[struct {
			Name, Input string
			Code        usher.Code
		}](t, file) {
			t.Run(file+" "+vector.Name, func(t *testing.T) {
				t.Parallel()
				err := check(vector.Input)
				if got := usher.CodeOf(err); got != vector.Code || (err == nil) != (vector.Code == "") {
					t.Errorf("error = %v, want %q", err, vector.Code)
				}
			})
		}
	}
}

func TestJWTVectors(t *testing.T) {
	t.Parallel()
	for _, vector := range vectors[struct {
		Name, JWT string
		Payload   map[string]any
	}](t, "jwt.json") {
		t.Run(vector.Name, func(t *testing.T) {
			t.Parallel()
			payload, err := usher.JWTPayload(vector.JWT)
			if vector.Payload == nil {
				if err == nil {
					t.Errorf("payload = %s", payload)
				}
				return
			}
			var got map[string]any
			if err != nil || json.Unmarshal(payload, &got) != nil {
				t.Fatalf("payload = %s, %v", payload, err)
			}
			if diff := cmp.Diff(vector.Payload, got); diff != "" {
				t.Errorf("payload (-want +got):\n%s", diff)
			}
		})
	}
}
