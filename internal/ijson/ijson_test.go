package ijson_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/usherhq/usher/internal/ijson"
)

func nested(depth int) string { return strings.Repeat("[", depth) + strings.Repeat("]", depth) }

var cases = []struct {
	name, text     string
	want, asFields error
}{
	{"an object", `{"a":1,"b":{"a":[true,null,"x"]}}`, nil, nil},
	{"a number", ` 1e400 `, nil, nil},
	{"names of different objects", `[{"a":1},{"a":{"a":2}}]`, nil, nil},
	{"a name that is also a value", `{"a":"a","b":"a"}`, nil, nil},
	{"brackets in a string", `{"a":"[[{{\"[","b":"\\"}`, nil, nil},
	{"a surrogate pair", `{"a":"\ud83d\ude00\uD83D\uDE00"}`, nil, nil},
	{"an escaped backslash before u", `{"a":"\\ud83d"}`, nil, nil},
	{"the same name", `{"a":1,"a":1}`, ijson.ErrRepeated, ijson.ErrRepeated},
	{"the same name, escaped", `{"@private":1,"\u0040private":2}`, ijson.ErrRepeated, ijson.ErrRepeated},
	{"the same name, deep", `{"b":[{"a":1,"c":{},"a":2}]}`, ijson.ErrRepeated, ijson.ErrRepeated},
	{"the empty name twice", `{"":1,"":2}`, ijson.ErrRepeated, ijson.ErrRepeated},
	{"a name in two letter cases", `{"role":1,"ROLE":2}`, nil, ijson.ErrRepeated},
	{"a name with a Kelvin sign", `{"blocked":1,"bloc\u212Aed":2}`, nil, ijson.ErrRepeated},
	{"a name with a long s", `{"tags":1,"tag\u017f":2}`, nil, ijson.ErrRepeated},
	{"two letter cases further in", `{"metadata":{"a":1,"A":2}}`, nil, nil},
	{"bytes that are no text", "{\"a\":\"\xff\"}", ijson.ErrNotText, ijson.ErrNotText},
	{"the first half of a pair", `["\ud83d"]`, ijson.ErrNotText, ijson.ErrNotText},
	{"the first half before a letter", `["\ud83dx\ude00"]`, ijson.ErrNotText, ijson.ErrNotText},
	{"the first half before another escape", `["\ud83d\u0041"]`, ijson.ErrNotText, ijson.ErrNotText},
	{"the second half", `["\ude00"]`, ijson.ErrNotText, ijson.ErrNotText},
	{"half a pair in a name", `{"\ud83d":1}`, ijson.ErrNotText, ijson.ErrNotText},
	{"100 levels", nested(100), nil, nil},
	{"101 levels", nested(101), ijson.ErrTooDeep, ijson.ErrTooDeep},
	{"more levels than a parser's stack", strings.Repeat(`{"a":[`, 1<<20), ijson.ErrTooDeep, ijson.ErrTooDeep},
	{"nothing", ``, ijson.ErrNotJSON, ijson.ErrNotJSON},
	{"two values", `{} {}`, ijson.ErrNotJSON, ijson.ErrNotJSON},
	{"half an object", `{"a`, ijson.ErrNotJSON, ijson.ErrNotJSON},
	{"closed too often", `}]`, ijson.ErrNotJSON, ijson.ErrNotJSON},
	{"a backslash at the end", `"\`, ijson.ErrNotJSON, ijson.ErrNotJSON},
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, one := range cases {
		if got := ijson.Check([]byte(one.text)); !errors.Is(got, one.want) {
			t.Errorf("%s: %v, want %v", one.name, got, one.want)
		}
		if got := ijson.CheckFields([]byte(one.text)); !errors.Is(got, one.asFields) {
			t.Errorf("%s, as fields: %v, want %v", one.name, got, one.asFields)
		}
	}
}

// repeats finds a name that stands twice in one object by the tokens of encoding/json.
func repeats(decoder *json.Decoder) bool {
	opening, err := decoder.Token()
	delimiter, nests := opening.(json.Delim)
	if err != nil || !nests {
		return false
	}
	found, names := false, map[any]bool{}
	for decoder.More() {
		if delimiter == '{' {
			name, _ := decoder.Token()
			found = found || names[name]
			names[name] = true
		}
		found = repeats(decoder) || found
	}
	_, _ = decoder.Token()
	return found
}

// FuzzCheck holds Check against what encoding/json makes of the same text.
func FuzzCheck(f *testing.F) {
	for _, one := range cases {
		if len(one.text) < 1000 {
			f.Add([]byte(one.text))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		err, asFields := ijson.Check(text), ijson.CheckFields(text)
		if err != nil && asFields == nil {
			t.Errorf("good as fields, though %v", err)
		}
		var kept bytes.Buffer
		valid := json.Compact(&kept, text) == nil
		switch {
		case err == nil && (!valid || !utf8.Valid(text)):
			t.Errorf("accepted what is not JSON in UTF-8")
		case errors.Is(err, ijson.ErrNotJSON) && valid:
			t.Errorf("refused what is JSON")
		case err == nil || errors.Is(err, ijson.ErrRepeated):
			decoder := json.NewDecoder(bytes.NewReader(text))
			decoder.UseNumber()
			if got := repeats(decoder); got != (err != nil) {
				t.Errorf("a name stands twice: %v, but Check gave %v", got, err)
			}
			if _, more := decoder.Token(); !errors.Is(more, io.EOF) {
				t.Errorf("accepted more than one value")
			}
		}
	})
}
