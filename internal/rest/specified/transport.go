package specified

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
)

// exercised holds the ids of the operations that were answered with success, in this process.
var exercised sync.Map

// Transport sends requests as http.DefaultTransport does, and fails the test for each one that is not
// as specified: an answer always, a request when it was answered with success.
func Transport(tb testing.TB) http.RoundTripper {
	tb.Helper()
	contract, err := document()
	if err != nil {
		tb.Fatal(err)
	}
	return transport{tb: tb, contract: contract, next: http.DefaultTransport}
}

type transport struct {
	tb       testing.TB
	contract *contract
	next     http.RoundTripper
}

// RoundTrip passes a request on, and its answer back.
func (t transport) RoundTrip(request *http.Request) (*http.Response, error) {
	onward := request.Clone(request.Context())
	var sent []byte
	if request.Body != nil {
		var err error
		sent, err = io.ReadAll(request.Body)
		if err := errors.Join(err, request.Body.Close()); err != nil {
			return nil, err
		}
		onward.Body = io.NopCloser(bytes.NewReader(sent))
	}
	response, err := t.next.RoundTrip(onward)
	if err != nil {
		return nil, err
	}
	received, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(received))
	t.judge(exchange{request: request, sent: sent, response: response, received: received})
	return response, nil
}

func (t transport) judge(e exchange) {
	// A preflight asks about an endpoint and is none.
	if e.request.Method == http.MethodOptions {
		return
	}
	asked := t.contract.find(e.request)
	name := "a path that is not in openapi.yaml"
	if asked == nil {
		asked = t.contract.unknown
	} else {
		name = asked.id
	}
	for _, problem := range asked.check(e) {
		t.tb.Errorf("%s %s (%s) answered %d, not as specified:\n%v\n  sent:     %s\n  received: %s",
			e.request.Method, e.request.URL.RequestURI(), name, e.response.StatusCode, problem, short(e.sent), short(e.received))
	}
	if asked.id != "" && e.response.StatusCode < http.StatusBadRequest {
		exercised.Store(asked.id, true)
	}
}

// short keeps a megabyte of brackets out of a failure.
func short(text []byte) string {
	const limit = 2000
	if len(text) <= limit {
		return string(text)
	}
	return fmt.Sprintf("%s… (%d bytes)", text[:limit], len(text))
}

// CheckAnswer says what of an answer is not as specified for its request, for tests that send requests
// in ways of their own.
func CheckAnswer(tb testing.TB, response *http.Response, received []byte) []error {
	tb.Helper()
	contract, err := document()
	if err != nil {
		tb.Fatal(err)
	}
	asked := contract.find(response.Request)
	if asked == nil {
		asked = contract.unknown
	}
	return asked.checkAnswer(exchange{request: response.Request, response: response, received: received})
}
