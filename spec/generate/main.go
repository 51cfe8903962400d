// Command generate writes everything that is made from spec/errors.json. Run it with
// go generate ./spec; make verify fails when what it writes differs from what is committed.
package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"go/format"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"
)

// entry is one error code as errors.json describes it.
type entry struct {
	ID      int    `json:"id"`
	Name    string `json:"name"`
	Code    string `json:"code"`
	SeenBy  string `json:"seenBy"`
	Status  int    `json:"status"`
	Message string `json:"message"`
	Meaning string `json:"meaning"`
	Retired bool   `json:"retired"`
	// EndsSession marks a verdict: an answer that ends a client's session.
	EndsSession bool `json:"endsSession"`
}

// Words that a message asks its caller for: {uid} and the like.
var placeholder = regexp.MustCompile(`\{([a-z]+)\}`)

// Words lists the placeholders of the message in order.
func (e entry) Words() []string {
	var words []string
	for _, match := range placeholder.FindAllStringSubmatch(e.Message, -1) {
		words = append(words, match[1])
	}
	return words
}

// GoMessage is the Go expression that fills the message in.
func (e entry) GoMessage() string {
	quoted := fmt.Sprintf("%q", e.Message)
	return strings.TrimSuffix(strings.TrimPrefix(placeholder.ReplaceAllString(quoted, `" + $1 + "`), `"" + `), ` + ""`)
}

// Fixed says whether the message is complete as it is, so that an SDK can give it.
func (e entry) Fixed() bool { return !placeholder.MatchString(e.Message) }

// dartWords are the abbreviations of the names in the letter case of Dart.
var dartWords = strings.NewReplacer("API", "Api", "UID", "Uid", "ID", "Id")

// DartName is the name in the letter case of a constant in Dart.
func (e entry) DartName() string {
	name := dartWords.Replace(e.Name)
	return strings.ToLower(name[:1]) + name[1:]
}

// DartText quotes a text for Dart.
func (entry) DartText(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, `$`, `\$`).Replace(text) + "'"
}

// swiftAbbreviation is an abbreviation that a name begins with.
var swiftAbbreviation = regexp.MustCompile(`^(API|JWT|UID)|^[A-Z]`)

// SwiftName is the name in the letter case of a constant in Swift.
func (e entry) SwiftName() string {
	return swiftAbbreviation.ReplaceAllStringFunc(e.Name, strings.ToLower)
}

//go:embed fault.go.tmpl
var faultTemplate string

//go:embed sdk.go.tmpl
var sdkTemplate string

//go:embed codes.ts.tmpl
var typescriptTemplate string

//go:embed codes.dart.tmpl
var dartTemplate string

//go:embed codes.swift.tmpl
var swiftTemplate string

//go:embed errors.md.tmpl
var docsTemplate string

func main() {
	log.SetFlags(0)
	// go generate runs this with spec/ as its working directory.
	entries, err := read("errors.json")
	if err != nil {
		log.Fatal(err)
	}
	outputs := []struct{ path, template string }{
		{"../internal/fault/codes_gen.go", faultTemplate},
		{"../sdk/go/usher/codes_gen.go", sdkTemplate},
		{"../sdk/js/src/codes_gen.ts", typescriptTemplate},
		{"../sdk/dart/lib/src/codes_gen.dart", dartTemplate},
		{"../sdk/swift/Sources/UsherCalls/Codes.gen.swift", swiftTemplate},
		{"../docs/errors.md", docsTemplate},
	}
	for _, output := range outputs {
		if err := write(output.path, output.template, entries); err != nil {
			log.Fatal(err)
		}
	}
}

// read parses the registry and refuses one that breaks its own rules.
func read(path string) ([]entry, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var registry struct {
		About  string  `json:"about"`
		Errors []entry `json:"errors"`
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&registry); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	ids, names, codes := map[int]bool{}, map[string]bool{}, map[string]bool{}
	for _, e := range registry.Errors {
		switch {
		case ids[e.ID], names[e.Name], codes[e.Code]:
			return nil, fmt.Errorf("%s: entry %d (%s): its id, name or code stands twice", path, e.ID, e.Code)
		case e.SeenBy != "rest" && e.SeenBy != "calls" && e.SeenBy != "chat":
			return nil, fmt.Errorf("%s: entry %d (%s): seenBy is %q, not rest, calls or chat", path, e.ID, e.Code, e.SeenBy)
		case e.EndsSession && e.SeenBy != "rest":
			return nil, fmt.Errorf("%s: entry %d (%s): only the server ends sessions", path, e.ID, e.Code)
		case (e.SeenBy == "rest") != (e.Status != 0):
			return nil, fmt.Errorf("%s: entry %d (%s): a status belongs to rest codes, and to each of them", path, e.ID, e.Code)
		case e.ID == 0 || e.Name == "" || e.Code == "" || e.Message == "" || e.Meaning == "":
			return nil, fmt.Errorf("%s: entry %d (%s): a field is missing", path, e.ID, e.Code)
		}
		ids[e.ID], names[e.Name], codes[e.Code] = true, true, true
	}
	return registry.Errors, nil
}

func write(path, text string, entries []entry) error {
	var rendered bytes.Buffer
	if err := template.Must(template.New(path).Parse(text)).Execute(&rendered, entries); err != nil {
		return err
	}
	content := rendered.Bytes()
	if filepath.Ext(path) == ".go" {
		formatted, err := format.Source(content)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		content = formatted
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o644)
}
