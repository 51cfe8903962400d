package specified

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// formContent is the one kind of body beside JSON; it has the fields of the JSON one.
const formContent = "application/x-www-form-urlencoded"

// exchange is a request with its answer.
type exchange struct {
	request  *http.Request
	sent     []byte
	response *http.Response
	received []byte
}

// check says what of an exchange is not as specified. A request is looked at only when it was
// answered with success: tests send bad ones on purpose.
func (o *operation) check(e exchange) []error {
	problems := o.checkAnswer(e)
	if o.id != "" && e.response.StatusCode < http.StatusBadRequest {
		problems = append(problems, o.checkRequest(e)...)
	}
	return problems
}

func (o *operation) checkRequest(e exchange) []error {
	var problems []error
	if !o.proven(e.request) {
		problems = append(problems, errors.New("request: it carries none of the credentials that are specified, and was let in"))
	}
	values := o.pathValues(e.request.URL.EscapedPath())
	query := e.request.URL.Query()
	for _, p := range o.parameters {
		var given []string
		switch p.in {
		case openapi3.ParameterInPath:
			given = []string{values[p.name]}
		case openapi3.ParameterInQuery:
			given = query[p.name]
		case openapi3.ParameterInHeader:
			given = e.request.Header.Values(p.name)
		}
		if err := p.check(given); err != nil {
			problems = append(problems, fmt.Errorf("request: %w", err))
		}
	}
	switch {
	case o.body == nil:
	case len(e.sent) == 0 && o.needsBody:
		problems = append(problems, errors.New("request: the body is specified as required, and its absence was let in"))
	case len(e.sent) > 0 && e.request.Header.Get("Content-Type") != formContent:
		if err := checkJSON(o.body, e.sent); err != nil {
			problems = append(problems, fmt.Errorf("request: %w", err))
		}
	}
	return problems
}

// proven says whether the request carries the headers of one of the ways in.
func (o *operation) proven(request *http.Request) bool {
	for _, way := range o.security {
		complete := true
		for name := range way {
			scheme := o.schemes[name].Value
			if scheme.Type == "http" {
				_, _, ok := request.BasicAuth()
				complete = complete && ok
			} else {
				complete = complete && request.Header.Get(scheme.Name) != ""
			}
		}
		if complete {
			return true
		}
	}
	return len(o.security) == 0
}

// pathValues reads the path's parameters from its end, where no version can shift them.
func (o *operation) pathValues(path string) map[string]string {
	names, segments := strings.Split(o.path, "/"), strings.Split(path, "/")
	segments = segments[len(segments)-len(names)+1:]
	values := map[string]string{}
	for i, name := range names[1:] {
		if inner, ok := strings.CutPrefix(name, "{"); ok {
			value, err := url.PathUnescape(segments[i])
			if err != nil {
				value = segments[i]
			}
			values[strings.TrimSuffix(inner, "}")] = value
		}
	}
	return values
}

func (o *operation) checkAnswer(e exchange) []error {
	answer, ok := o.answers[e.response.StatusCode]
	if !ok {
		return []error{fmt.Errorf("answer: the status %d is not specified", e.response.StatusCode)}
	}
	var problems []error
	for _, header := range answer.headers {
		if err := header.check(e.response.Header.Values(header.name)); err != nil {
			problems = append(problems, fmt.Errorf("answer: %w", err))
		}
	}
	if kind := e.response.Header.Get("Content-Type"); kind != "application/json" {
		problems = append(problems, fmt.Errorf("answer: the Content-Type is %q", kind))
	}
	// An answer to HEAD has no body.
	if e.request.Method != http.MethodHead {
		if err := checkJSON(answer.body, e.received); err != nil {
			problems = append(problems, fmt.Errorf("answer: %w", err))
		}
	}
	return problems
}

func checkJSON(schema *jsonschema.Schema, text []byte) error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("the body is not JSON: %w", err)
	}
	if err := schema.Validate(value); err != nil {
		return readable(err)
	}
	return nil
}

// check holds a value, as it stands in a URL or in a header, against the parameter's schema.
func (p parameter) check(given []string) error {
	// Empty counts as absent, as the server takes it.
	if len(given) == 0 || given[0] == "" {
		if p.required {
			return fmt.Errorf("%s %s is missing", p.in, p.name)
		}
		return nil
	}
	var value any = given[0]
	switch {
	case p.kind.Is("integer"):
		number, err := strconv.Atoi(given[0])
		if err != nil {
			return fmt.Errorf("%s %s is %q, not a whole number", p.in, p.name, given[0])
		}
		value = number
	case p.kind.Is("array"):
		items := []any{}
		for item := range strings.SplitSeq(given[0], ",") {
			items = append(items, item)
		}
		value = items
	}
	if err := p.schema.Validate(value); err != nil {
		return fmt.Errorf("%s %s is %q: %w", p.in, p.name, given[0], readable(err))
	}
	return nil
}

// readable gives of a validation's error what names the fields: not the schema's address.
func readable(err error) error {
	_, reasons, found := strings.Cut(err.Error(), "\n")
	if !found {
		return err
	}
	return errors.New(reasons)
}
