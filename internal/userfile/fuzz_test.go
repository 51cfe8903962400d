package userfile_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode"

	"github.com/usherhq/usher/internal/userfile"
)

// FuzzUserLines holds the reader of an import: every line that is not empty is a user or has a problem
// that fits on the one line of a report.
func FuzzUserLines(f *testing.F) {
	for _, text := range []string{
		"", "\n\n", "\uFEFF{\"uid\":\"ana\",\"name\":\"Ana\"}\n", `{"uid":"ana","name":"Ana","createdAt":"1609459200","metadata":null,"tags":["a"]}`,
		`{"uid":"ana"}{"uid":"eve"}`, `{"uid":1}`, `{"uid":"ana","uid":"eve"}`, `{"shoe size":40}`, "{\"a\\nb\":1}", "[]\nnull\r\n{}\x00", "{\"uid\":\"\xff\"}",
		`{"createdAt":{"a":[1]},"status":[],"hasBlockedMe":1}`, `{"` + strings.Repeat("x", 2000) + `":1}`, strings.Repeat("[", 20_000),
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		lines := userfile.NewReader(bytes.NewReader(text))
		last := 0
		for {
			batch, err := lines.Batch()
			for _, line := range batch {
				if line.Number <= last || line.Number > bytes.Count(text, []byte("\n"))+1 {
					t.Errorf("line %d comes behind line %d", line.Number, last)
				}
				last = line.Number
				if strings.ContainsFunc(line.Problem, unicode.IsControl) || len(line.Problem) > 300 {
					t.Errorf("a problem that does not fit on a line: %q", line.Problem)
				}
				if line.Problem == "" && line.User.Metadata != nil && !json.Valid(line.User.Metadata) {
					t.Errorf("the metadata is %q", line.User.Metadata)
				}
			}
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if lines.BytesRead() != int64(len(text)) {
			t.Errorf("read %d of %d bytes", lines.BytesRead(), len(text))
		}
	})
}
