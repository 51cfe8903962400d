package emulator_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	examples = regexp.MustCompile("(?s)```sh\n(.*?)```\n(?:\n```json\n(.*?)```)?")
	words    = regexp.MustCompile(`(?s)'([^']*)'|(\S+)`)
)

// curl is what a command of the document asks for.
type curl struct {
	method, path, body, saveAs string
	headers                    []string
}

// readCurl understands the few options that the document uses. files are what was saved.
func readCurl(t *testing.T, command string, files map[string]string) curl {
	t.Helper()
	asked := curl{method: "GET"}
	var option string
	for _, word := range words.FindAllStringSubmatch(command, -1) {
		text := word[1] + word[2]
		switch option {
		case "-X":
			asked.method = text
		case "-H":
			name, value, _ := strings.Cut(text, ": ")
			asked.headers = append(asked.headers, name, value)
		case "-o":
			asked.saveAs = text
		case "-d":
			if asked.body = text; strings.HasPrefix(text, "@") {
				asked.body = files[text[1:]]
			}
			asked.method = "POST"
		case "":
			if path, isURL := strings.CutPrefix(text, "http://127.0.0.1:8080"); isURL {
				asked.path = path
				continue
			}
			if !slices.Contains([]string{"-X", "-H", "-o", "-d"}, text) {
				t.Fatalf("the document's curl has the word %q", text)
			}
			option = text
			continue
		}
		option = ""
	}
	return asked
}

// shape is a JSON value with nothing left of it but names and kinds.
func shape(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for name := range value {
			value[name] = shape(value[name])
		}
		return value
	case []any:
		for i := range value {
			value[i] = shape(value[i])
		}
		return value
	}
	return fmt.Sprintf("%T", value)
}

func TestTheExamplesOfTheDocumentWorkAndAnswerAsItSays(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/emulator.md")
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t)
	files := map[string]string{}
	sent := 0
	for _, example := range examples.FindAllStringSubmatch(string(text), -1) {
		var last reply
		for _, command := range strings.Split("\n"+strings.TrimSpace(example[1]), "\ncurl ")[1:] {
			asked := readCurl(t, command, files)
			last = b.call(asked.method, asked.path, asked.body, asked.headers...)
			sent++
			wantsError := strings.HasPrefix(example[2], `{"error"`)
			if (last.status == 200) == wantsError {
				t.Errorf("curl %s: %d %s", command, last.status, last.text)
			}
			if asked.saveAs != "" {
				files[asked.saveAs] = last.text
			}
		}
		if example[2] != "" {
			wantEqual(t, "the answer to curl "+example[1], shape(read[any](t, []byte(last.text))), shape(read[any](t, []byte(example[2]))))
		}
	}
	if sent < 14 {
		t.Errorf("only %d examples were found", sent)
	}
	wantEqual(t, "the users at the end, as they were saved", b.uids(), []string{"ada", "bob"})
}

// Every control and every field is in the document.
func TestTheDocumentNamesEverything(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/emulator.md")
	if err != nil {
		t.Fatal(err)
	}
	document := string(text)
	b := newBench(t)
	for _, control := range read[[]struct{ Request string }](t, b.do("GET", "/dev/", "")) {
		_, path, _ := strings.Cut(control.Request, " ")
		if !strings.Contains(document, path) {
			t.Errorf("%s is not in the document", control.Request)
		}
	}
	for _, field := range regexp.MustCompile(`"([a-zA-Z]+)":`).FindAllStringSubmatch(everything, -1) {
		if slices.Contains([]string{"createdBy", "updatedAt", "lastActiveAt", "scheduledToDeleteAt", "blockedAt", "mintedBy"}, field[1]) ||
			slices.Contains([]string{"ward", "email", "version", "listUsers", "sendMessagesTo"}, field[1]) {
			// Those that only an export has a use for, and what is inside values of others.
			continue
		}
		if !strings.Contains(document, field[1]) {
			t.Errorf("%s is not in the document", field[1])
		}
	}
}
