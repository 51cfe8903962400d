package main

import (
	"io"
	"net/http"
	"strings"
)

// addresses reports where requests would go and answers them as a server would answer a good login
// of ann.
type addresses struct {
	out    *writer
	client string
}

// RoundTrip sends nothing.
func (a addresses) RoundTrip(request *http.Request) (*http.Response, error) {
	a.out.write(event{Event: "url", Client: a.client, Value: request.Method + " " + request.URL.String()})
	const answer = `{"data": {"uid": "ann", "name": "Ann", "authToken": "ann_1", "message": "Goodbye."}}`
	return &http.Response{
		StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(answer)), Request: request,
	}, nil
}
