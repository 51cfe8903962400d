package specified

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/usherhq/usher/spec"
)

// contract is the document in the form that requests are checked against.
type contract struct {
	operations []*operation
	// routes finds the operation of a request, under every version, as the server's own router does.
	routes *http.ServeMux
	// unknown is what every path that is not in the document must answer.
	unknown *operation
}

// operation is one endpoint.
type operation struct {
	id         string
	method     string
	path       string
	security   openapi3.SecurityRequirements
	schemes    openapi3.SecuritySchemes
	parameters []parameter
	body       *jsonschema.Schema // nil: it takes none
	needsBody  bool
	answers    map[int]specifiedAnswer
}

type specifiedAnswer struct {
	body    *jsonschema.Schema
	headers []parameter
}

// parameter is a value in a path, a query or a header.
type parameter struct {
	in, name string
	required bool
	kind     *openapi3.Types
	schema   *jsonschema.Schema
}

// route is what stands in contract.routes: it is found there and never served.
type route struct {
	http.Handler
	operation *operation
}

// document compiles openapi.yaml on first use, for all tests of a process.
var document = sync.OnceValues(func() (*contract, error) {
	source, err := openapi3.NewLoader().LoadFromData(spec.OpenAPI())
	if err != nil {
		return nil, err
	}
	return compile(source)
})

func compile(source *openapi3.T) (*contract, error) {
	text, err := source.MarshalJSON()
	if err != nil {
		return nil, err
	}
	content, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	c := &compiler{schemas: jsonschema.NewCompiler()}
	c.schemas.DefaultDraft(jsonschema.Draft2020)
	c.schemas.AssertFormat()
	if err := c.schemas.AddResource(documentURL, content); err != nil {
		return nil, err
	}

	compiled := &contract{routes: http.NewServeMux()}
	for path, item := range source.Paths.Map() {
		for method, specified := range item.Operations() {
			operation := c.operation(method, path, item, specified)
			operation.schemes = source.Components.SecuritySchemes
			compiled.operations = append(compiled.operations, operation)
			servers := source.Servers
			if item.Servers != nil {
				servers = item.Servers
			}
			for _, server := range servers {
				compiled.routes.Handle(method+" "+strings.TrimSuffix(server.URL, "/")+path, route{operation: operation})
			}
		}
	}
	compiled.unknown = &operation{answers: map[int]specifiedAnswer{}}
	for status, name := range map[int]string{404: "UnknownEndpoint", 429: "TooManyRequests", 500: "ServerFailure"} {
		response := &openapi3.ResponseRef{Ref: "#/components/responses/" + name, Value: source.Components.Responses[name].Value}
		compiled.unknown.answers[status] = c.answer("", response)
	}
	return compiled, c.err
}

const documentURL = "https://usher.invalid/openapi.json"

// compiler gathers the schemas of the document; its first failure stays.
type compiler struct {
	schemas *jsonschema.Compiler
	err     error
}

// schema compiles what stands at a JSON pointer, or at ref where the document has one in its place,
// with a step further from there.
func (c *compiler) schema(pointer, ref, further string) *jsonschema.Schema {
	location := url.URL{Fragment: place(pointer, ref) + further}
	schema, err := c.schemas.Compile(documentURL + location.String())
	if err != nil && c.err == nil {
		c.err = fmt.Errorf("compile %s: %w", location.Fragment, err)
	}
	return schema
}

func place(pointer, ref string) string {
	if ref != "" {
		return strings.TrimPrefix(ref, "#")
	}
	return pointer
}

// The JSON that every body of the API is.
const jsonBody = "/content/application~1json/schema"

func (c *compiler) operation(method, path string, item *openapi3.PathItem, specified *openapi3.Operation) *operation {
	above := "/paths/" + strings.ReplaceAll(path, "/", "~1")
	here := above + "/" + strings.ToLower(method)
	compiled := &operation{
		id: specified.OperationID, method: method, path: path, security: *specified.Security, answers: map[int]specifiedAnswer{},
	}
	for i, parameter := range item.Parameters {
		compiled.parameters = append(compiled.parameters, c.parameter(above+"/parameters/"+strconv.Itoa(i), parameter))
	}
	for i, parameter := range specified.Parameters {
		compiled.parameters = append(compiled.parameters, c.parameter(here+"/parameters/"+strconv.Itoa(i), parameter))
	}
	if body := specified.RequestBody; body != nil {
		compiled.needsBody = body.Value.Required
		compiled.body = c.schema(here+"/requestBody", body.Ref, jsonBody)
	}
	for text, response := range specified.Responses.Map() {
		status, err := strconv.Atoi(text)
		if err != nil && c.err == nil {
			c.err = fmt.Errorf("%s: the status %q is no number", here, text)
		}
		compiled.answers[status] = c.answer(here+"/responses/"+text, response)
	}
	return compiled
}

func (c *compiler) parameter(pointer string, specified *openapi3.ParameterRef) parameter {
	value := specified.Value
	return parameter{
		in: value.In, name: value.Name, required: value.Required, kind: value.Schema.Value.Type,
		schema: c.schema(pointer, specified.Ref, "/schema"),
	}
}

func (c *compiler) answer(pointer string, specified *openapi3.ResponseRef) specifiedAnswer {
	compiled := specifiedAnswer{body: c.schema(pointer, specified.Ref, jsonBody)}
	for name, header := range specified.Value.Headers {
		compiled.headers = append(compiled.headers, parameter{
			in: "header", name: name, required: header.Value.Required, kind: header.Value.Schema.Value.Type,
			schema: c.schema(place(pointer, specified.Ref)+"/headers/"+name, header.Ref, "/schema"),
		})
	}
	return compiled
}

// find gives the operation that a request asks for, or nil.
func (c *contract) find(request *http.Request) *operation {
	handler, _ := c.routes.Handler(request)
	found, _ := handler.(route)
	return found.operation
}
