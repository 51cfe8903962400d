package main

import (
	"bytes"
	"io"
	"net/http"
)

// inProcess sends requests to an API without a network between.
type inProcess struct{ api http.Handler }

// RoundTrip answers a request.
func (p inProcess) RoundTrip(request *http.Request) (*http.Response, error) {
	// A server's requests always have a body.
	if request.Body == nil {
		request.Body = http.NoBody
	}
	answer := &written{header: http.Header{}, status: http.StatusOK}
	p.api.ServeHTTP(answer, request)
	return &http.Response{
		StatusCode: answer.status, Header: answer.header, Request: request,
		Body: io.NopCloser(&answer.body), ContentLength: int64(answer.body.Len()),
	}, nil
}

// written is what an API has answered.
type written struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *written) Header() http.Header            { return w.header }
func (w *written) WriteHeader(status int)         { w.status = status }
func (w *written) Write(text []byte) (int, error) { return w.body.Write(text) }
