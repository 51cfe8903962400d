package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/server"
)

// largestAnswer bounds what is read of an answer, in bytes. A page of 1000 users who fill every field
// to its limit is about 20 MB.
const largestAnswer = 32 << 20

// client speaks the REST API, wherever that is.
type client struct {
	base *url.URL
	http *http.Client
	// What a remote server wants to see; on this machine nothing is needed.
	remote                                    bool
	app, key, managementKey, managementSecret string
	// alone is set while the client keeps every server from starting on the data.
	alone bool
	close func() error
}

// request is one request to the API.
type request struct {
	method string
	path   []string
	query  url.Values
	body   any
	// management says that it is the operator's business, not an app's.
	management bool
	onBehalfOf string
}

// answer is what the API has answered.
type answer struct {
	// data is the body's data exactly as it came.
	data json.RawMessage
	meta meta
}

// meta stands beside the data of a list.
type meta struct {
	Pagination struct {
		Total      int `json:"total"`
		TotalPages int `json:"total_pages"`
	} `json:"pagination"`
	Cursor struct {
		After int64 `json:"after"`
		More  bool  `json:"more"`
	} `json:"cursor"`
}

// do sends a request. Its errors are a *refusal when the server refused.
func (c *client) do(ctx context.Context, ask request) (answer, error) {
	sent, err := c.prepare(ctx, ask)
	if err != nil {
		return answer{}, err
	}
	response, err := c.http.Do(sent)
	if failed, ok := errors.AsType[*url.Error](err); ok {
		// The URL of a request may hold a key or a token.
		return answer{}, fmt.Errorf("%s could not be reached: %w", c.base.Redacted(), failed.Err)
	}
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, largestAnswer+1))
	if err != nil {
		return answer{}, fmt.Errorf("read the answer: %w", err)
	}
	return read(response.StatusCode, text)
}

// prepare makes the HTTP request of a request.
func (c *client) prepare(ctx context.Context, ask request) (*http.Request, error) {
	address := *c.base
	escaped := make([]string, len(ask.path))
	for i, segment := range ask.path {
		// These would make it another path.
		if segment == "" || segment == "." || segment == ".." {
			return nil, usageError(fmt.Sprintf("%q can't be the name of anything", segment))
		}
		escaped[i] = url.PathEscape(segment)
	}
	address.RawPath = address.EscapedPath() + "/" + strings.Join(escaped, "/")
	address.Path += "/" + strings.Join(ask.path, "/")
	address.RawQuery = ask.query.Encode()
	var body io.Reader
	if ask.body != nil {
		text, err := json.Marshal(ask.body)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(text)
	}
	sent, err := http.NewRequestWithContext(ctx, ask.method, address.String(), body)
	if err != nil {
		return nil, err
	}
	sent.Header.Set("Content-Type", "application/json")
	sent.Header.Set("User-Agent", "usher-cli/"+server.Version)
	if ask.onBehalfOf != "" {
		sent.Header.Set("onBehalfOf", ask.onBehalfOf)
	}
	return sent, c.identify(sent.Header, ask.management)
}

// identify adds what says for which app a request is, and who sends it.
func (c *client) identify(header http.Header, management bool) error {
	if c.app != "" {
		header.Set("appId", c.app)
	}
	switch {
	case !c.remote:
		return nil
	case management && (c.managementKey == "" || c.managementSecret == ""):
		return usageError("with --url, this needs --management-key and --management-secret, as the server was given them")
	case management:
		header.Set("key", c.managementKey)
		header.Set("secret", c.managementSecret)
	case c.key == "":
		return usageError("with --url, this needs --key: an API key of the app with the scope fullAccess")
	default:
		header.Set("apikey", c.key)
	}
	return nil
}

// read takes an answer apart.
func read(status int, text []byte) (answer, error) {
	var body struct {
		Data  json.RawMessage `json:"data"`
		Meta  meta            `json:"meta"`
		Error *refusal        `json:"error"`
	}
	err := json.Unmarshal(text, &body)
	switch {
	case err == nil && body.Error != nil && body.Error.Code != "":
		return answer{}, body.Error
	case err != nil || status != http.StatusOK:
		return answer{}, fmt.Errorf("that is no answer of Usher's (HTTP status %d): is --url right, and what stands between?", status)
	case body.Data == nil:
		// A standard has the say about the whole body.
		return answer{data: text}, nil
	}
	return answer{body.Data, body.Meta}, nil
}

// refusal is an error of the API.
type refusal struct {
	Code    fault.Code          `json:"code"`
	Message string              `json:"message"`
	Details map[string][]string `json:"details"`
}

// Error says what was refused, and what to do about it where that is known.
func (r *refusal) Error() string {
	lines := []string{string(r.Code) + ": " + r.Message}
	for _, field := range slices.Sorted(maps.Keys(r.Details)) {
		lines = append(lines, r.Details[field]...)
	}
	if advice := advices[r.Code]; advice != "" {
		lines = append(lines, advice)
	}
	return printable(strings.Join(lines, "\n  "))
}

// advices are what to do next, in the words of the command line.
var advices = map[fault.Code]string{
	fault.CodeEmptyAppID:        "Say with --app-id which app it is; usher apps list shows them.",
	fault.CodeInvalidAppID:      "usher apps list shows which apps there are.",
	fault.CodeUnknownAPIKey:     "Check --key (USHER_KEY), and --app-id where the server has several apps.",
	fault.CodeNoAccess:          "Give with --key one of the scope fullAccess.",
	fault.CodeInvalidAuthHeader: "Check --management-key and --management-secret.",
	fault.CodeUnknownUID:        "usher users list --with-deactivated shows who there is.",
	fault.CodeUIDTaken:          "usher users update changes a user; usher users reactivate lets a deactivated one in again.",
	fault.CodeUnknownRole:       "usher roles list shows which roles there are.",
	fault.CodeUnknownPathAPIKey: "usher keys list --show shows which keys there are.",
	fault.CodeUnknownPathToken:  "usher tokens list UID --show shows which tokens a user has.",
	fault.CodeUnknownWebhook:    "usher webhooks list shows which webhooks there are.",
	fault.CodeUnknownDelivery:   "usher webhooks deliveries ID shows which deliveries there are.",
	fault.CodeUnknownApp:        "usher apps list shows which apps there are, and with --archived the deleted ones.",
	fault.CodeAppArchived:       "usher apps restore brings it back.",
	fault.CodeTooManyRequests:   "Wait a little and try again.",
}
