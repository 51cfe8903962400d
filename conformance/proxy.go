package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

const faultPrefix = "/fault/"

// proxy stands before the server. Requests under /fault/ID/ belong to the channel of that id, which
// says what becomes of them.
type proxy struct {
	server string // the address of the real one
	client *http.Client
	http   *http.Server
	url    string

	mu       sync.Mutex
	last     int
	channels map[string]*Channel
}

func startProxy(ctx context.Context, server string) (*proxy, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	p := &proxy{
		server: server, client: &http.Client{Transport: transport}, url: "http://" + listener.Addr().String(),
		channels: make(map[string]*Channel),
	}
	p.http = &http.Server{Handler: p, ReadHeaderTimeout: startTimeLimit}
	// A browser sends a request again by itself when a connection that it has used before breaks: a
	// fault would then be met twice. No connection is used twice here.
	p.http.SetKeepAlivesEnabled(false)
	go func() { _ = p.http.Serve(listener) }()
	return p, nil
}

// open makes a channel, which passes everything on until it is told otherwise.
func (p *proxy) open() *Channel {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last++
	id := strconv.Itoa(p.last)
	p.channels[id] = &Channel{host: p.url + faultPrefix + id, changed: make(chan struct{}), closed: make(chan struct{})}
	return p.channels[id]
}

// ServeHTTP is for net/http.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, faultPrefix), "/")
	p.mu.Lock()
	channel := p.channels[id]
	p.mu.Unlock()
	if channel == nil {
		http.NotFound(w, r)
		return
	}
	if r.Header.Get("Upgrade") != "" {
		p.link(channel, "/"+path, w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	x := &Exchange{
		Name: nameOf(r.Method, path), Token: r.Header.Get("authToken"), Key: r.Header.Get("apiKey"),
		proxy: p, w: w, r: r, path: "/" + path, body: body, channel: channel,
	}
	if r.Method == http.MethodOptions {
		x.Pass() // preflights are the browser's, not the SDK's
		return
	}
	fault := channel.begin(x)
	defer channel.end(x)
	fault(x)
}

// nameOf names a request without what differs from user to user: POST /users/{uid}/auth_tokens.
func nameOf(method, path string) string {
	parts := strings.Split(path, "/")
	if len(parts) > 1 && parts[0] == "users" {
		parts[1] = "{uid}"
	}
	return method + " /" + strings.Join(parts, "/")
}

// Exchange is a request of an SDK, and its answer.
type Exchange struct {
	// Name is the method and the path, with {uid} for a uid.
	Name string
	// Token and Key are the credentials that it carries.
	Token, Key string

	proxy   *proxy
	w       http.ResponseWriter
	r       *http.Request
	path    string
	body    []byte
	channel *Channel
	ended   bool // guarded by the channel
	taken   bool // guarded by the channel
}

// reply is an answer of the server before the SDK sees it.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// ask passes the request on to the real server.
func (x *Exchange) ask() reply {
	// The server does what it was asked, whether the SDK waits for that or not.
	ctx := context.WithoutCancel(x.r.Context())
	request, err := http.NewRequestWithContext(ctx, x.r.Method, x.proxy.server+x.path, bytes.NewReader(x.body))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	request.URL.RawQuery = x.r.URL.RawQuery
	request.Header = x.r.Header.Clone()
	request.Header.Del("Accept-Encoding")
	answer, err := x.proxy.client.Do(request)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	return reply{status: answer.StatusCode, header: answer.Header, body: body}
}

// Pass lets the server answer.
func (x *Exchange) Pass() { x.give(x.ask()) }

func (x *Exchange) give(answer reply) {
	x.head(answer)
	_, _ = x.w.Write(answer.body)
}

// head writes the status and the headers, with the length of the whole body.
func (x *Exchange) head(answer reply) {
	header := x.w.Header()
	maps.Copy(header, answer.header)
	// A page of another origin must see what an app sees, whatever answers.
	header.Set("Access-Control-Allow-Origin", "*")
	header.Set("Content-Length", strconv.Itoa(len(answer.body)))
	x.w.WriteHeader(answer.status)
}

// change gives the answer with other data.
func (x *Exchange) change(answer reply, change func(data map[string]any)) reply {
	var envelope map[string]any
	if err := json.Unmarshal(answer.body, &envelope); err != nil {
		panic(http.ErrAbortHandler)
	}
	if data, ok := envelope["data"].(map[string]any); ok {
		change(data)
	}
	body, err := json.Marshal(envelope)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	answer.body = body
	return answer
}

// untilGone waits until the SDK gives up or the scenario is over.
func (x *Exchange) untilGone() {
	select {
	case <-x.r.Context().Done():
	case <-x.channel.closed:
	}
}
