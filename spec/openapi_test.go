package spec_test

import (
	"maps"
	"slices"
	"strconv"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/spec"
)

func document(tb testing.TB) *openapi3.T {
	tb.Helper()
	document, err := openapi3.NewLoader().LoadFromData(spec.OpenAPI())
	if err != nil {
		tb.Fatal(err)
	}
	return document
}

// each calls visit with every operation.
func each(document *openapi3.T, visit func(method, path string, operation *openapi3.Operation)) {
	for path, item := range document.Paths.Map() {
		for method, operation := range item.Operations() {
			visit(method, path, operation)
		}
	}
}

func TestTheDocumentAndItsExamplesAreValid(t *testing.T) {
	t.Parallel()
	err := document(t).Validate(
		t.Context(), openapi3.EnableMultiError(), openapi3.EnableExamplesValidation(), openapi3.EnableSchemaFormatValidation(),
	)
	if err != nil {
		t.Error(err)
	}
}

// An example that is fine proves nothing of whether examples are looked at.
func TestAWrongExampleIsFound(t *testing.T) {
	t.Parallel()
	document := document(t)
	content := document.Paths.Value("/settings").Get.Responses.Status(200).Value.Content["application/json"]
	example, ok := content.Example.(map[string]any)
	if !ok {
		t.Fatalf("the example of GET /settings is %T", content.Example)
	}
	example["stray"] = true
	if document.Validate(t.Context(), openapi3.EnableExamplesValidation()) == nil {
		t.Error("a field that the schema does not have was let through")
	}
}

func TestOperationsAreWhole(t *testing.T) {
	t.Parallel()
	document := document(t)
	each(document, func(method, path string, operation *openapi3.Operation) {
		if operation.OperationID == "" || operation.Summary == "" || len(operation.Tags) == 0 || operation.Security == nil {
			t.Errorf("%s %s lacks an operationId, a summary, a tag or a security", method, path)
		}
		for _, tag := range operation.Tags {
			if document.Tags.Get(tag) == nil {
				t.Errorf("%s %s has the tag %s, which is not declared", method, path, tag)
			}
		}
		success := operation.Responses.Status(200)
		if success == nil || success.Value.Content["application/json"] == nil {
			t.Fatalf("%s %s has no JSON for status 200", method, path)
		}
		if body := success.Value.Content["application/json"]; body.Example == nil && body.Examples == nil {
			t.Errorf("%s %s has no example for status 200", method, path)
		}
		if operation.RequestBody != nil && operation.RequestBody.Value.Content["application/json"].Example == nil {
			t.Errorf("%s %s has no example for its body", method, path)
		}
		// Those of a load balancer know no limits, nor do the keys for everybody.
		if slices.Contains(operation.Tags, "Health") || operation.OperationID == "publicKeys" {
			return
		}
		for _, status := range []int{400, 429, 500} {
			if operation.Responses.Status(status) == nil {
				t.Errorf("%s %s has no answer with status %d", method, path, status)
			}
		}
	})
}

// codesOf gives the codes that an error's schema lets through; nil for another schema.
func codesOf(response *openapi3.Response) []any {
	content := response.Content["application/json"]
	if content == nil || len(content.Schema.Value.AllOf) != 2 || content.Schema.Value.AllOf[0].Ref != "#/components/schemas/Error" {
		return nil
	}
	return content.Schema.Value.AllOf[1].Value.Properties["error"].Value.Properties["code"].Value.Enum
}

func TestTheCodesAreThoseOfTheRegistry(t *testing.T) {
	t.Parallel()
	document := document(t)
	statuses := map[any]int{}
	for _, e := range registry(t) {
		if e.SeenBy == "rest" {
			statuses[e.Code] = fault.Code(e.Code).Status()
		}
	}
	known := document.Components.Schemas["ErrorCode"].Value.Enum
	for _, code := range known {
		if statuses[code] == 0 {
			t.Errorf("ErrorCode has %v, which errors.json has not", code)
		}
	}
	for code := range statuses {
		if !slices.Contains(known, code) {
			t.Errorf("errors.json has %v, which ErrorCode has not", code)
		}
	}

	answered := map[any]bool{}
	for _, code := range codesOf(document.Components.Responses["UnknownEndpoint"].Value) {
		answered[code] = true
	}
	each(document, func(method, path string, operation *openapi3.Operation) {
		for status, response := range operation.Responses.Map() {
			if status == "200" {
				continue
			}
			codes := codesOf(response.Value)
			if len(codes) == 0 {
				t.Errorf("%s %s: the answer with status %s names no codes", method, path, status)
			}
			for _, code := range codes {
				answered[code] = true
				if strconv.Itoa(statuses[code]) != status {
					t.Errorf("%s %s answers %v with status %s, errors.json has %d", method, path, code, status, statuses[code])
				}
			}
		}
	})
	for code := range maps.Keys(statuses) {
		if !answered[code] {
			t.Errorf("no operation answers %v", code)
		}
	}
}
