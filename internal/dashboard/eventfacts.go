package dashboard

import (
	"bytes"
	"encoding/json"
	"strings"
)

// fact is one thing that the detail of an event tells.
type fact struct{ Name, Value string }

// factsOf takes the detail of an event apart, in its order. What is no JSON object is one fact.
func factsOf(detail string) []fact {
	if detail == "" {
		return nil
	}
	decoder := json.NewDecoder(strings.NewReader(detail))
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return []fact{{"detail", detail}}
	}
	var facts []fact
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return []fact{{"detail", detail}}
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return []fact{{"detail", detail}}
		}
		// The name of a member is a string.
		facts = append(facts, fact{name.(string), plain(value)}) //nolint:forcetypeassert // see above
	}
	return facts
}

// plain is a text without its quotes, and every other value as JSON has it.
func plain(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) == nil {
		return text
	}
	var compact bytes.Buffer
	if json.Compact(&compact, value) == nil {
		return compact.String()
	}
	return string(value)
}
