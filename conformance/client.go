package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// Params are the parameters of a command.
type Params map[string]any

// User is what scenarios look at.
type User struct {
	UID    string `json:"uid"`
	Name   string `json:"name"`
	Avatar string `json:"avatar"`
	Status string `json:"status"`
}

// Client is one client of the SDK.
type Client struct {
	// Store is where it keeps its session.
	Store string

	stage   *Stage
	t       *T
	name    string
	params  Params
	process *process

	killed bool

	mu      sync.Mutex
	events  []Event
	changed chan struct{}
	markers int
}

// Client makes one that is initialised and stores by itself; params replace the usual ones.
func (s *Stage) Client(params ...Params) *Client {
	s.t.Helper()
	c, answer := s.New(params...)
	if answer.Error != nil {
		s.t.Fatalf("init: %s: %s", answer.Error.Code, answer.Error.Message)
	}
	return c
}

// Tab makes another client with the same store.
func (c *Client) Tab() *Client {
	c.t.Helper()
	return c.stage.Client(c.params)
}

// New makes a client whose init may fail.
func (s *Stage) New(params ...Params) (*Client, Answer) {
	s.t.Helper()
	c := &Client{
		stage: s, t: s.t, name: fmt.Sprintf("client-%d", here.number(&here.clients)),
		params: Params{"appId": s.AppID(), "host": s.Host()}, changed: make(chan struct{}),
	}
	for _, more := range params {
		maps.Copy(c.params, more)
	}
	for name, value := range c.params {
		if value == nil {
			delete(c.params, name)
		}
	}
	if c.params["store"] == nil {
		c.params["store"] = s.Store()
	}
	c.Store = fmt.Sprint(c.params["store"])
	c.start()
	s.t.Cleanup(c.Kill)
	return c, c.Do("new", c.params)
}

// start runs the client's driver, where it does not run already.
func (c *Client) start() {
	c.t.Helper()
	c.process = c.stage.sdk.one
	if c.process == nil {
		started, err := startProcess(c.stage.sdk)
		if err != nil {
			c.t.Fatal(err)
		}
		c.process = started
	}
	c.process.listen(c.name, c.hear)
}

// Kill ends the client as a crash would, once.
func (c *Client) Kill() {
	c.t.Helper()
	if c.killed {
		return
	}
	c.killed = true
	if c.process == c.stage.sdk.one {
		c.Do("kill", nil)
		return
	}
	c.process.kill()
	if c.t.Failed() {
		c.t.Logf("%s wrote: %s", c.name, c.process.complaints)
	}
}

// Restart kills the client and makes another one with the same store; params replace the old ones.
func (c *Client) Restart(params ...Params) *Client {
	c.t.Helper()
	c.Kill()
	return c.stage.Client(append([]Params{c.params}, params...)...)
}

// Call is a command that runs.
type Call struct {
	client  *Client
	what    string
	began   time.Time
	answers <-chan Answer
}

// Begin starts a command.
func (c *Client) Begin(command string, params Params) *Call {
	c.t.Helper()
	call := &Call{client: c, what: command, began: time.Now()}
	var err error
	if call.answers, err = c.process.send(c.name, command, params); err != nil {
		c.t.Fatalf("%s: %v\n%s", command, err, c.process.complaints)
	}
	return call
}

// Wait gives the answer. A command that never settles fails the scenario.
func (call *Call) Wait() Answer {
	call.client.t.Helper()
	late := time.NewTimer(Patience)
	defer late.Stop()
	select {
	case answer, answered := <-call.answers:
		if !answered {
			call.client.t.Fatalf("%s: the driver ended\n%s", call.what, call.client.process.complaints)
		}
		answer.Took = time.Since(call.began)
		call.client.checkSecrets(answer)
		if answer.Error != nil && answer.Error.Code == "DRIVER" {
			call.client.t.Fatalf("%s: the driver says: %s", call.what, answer.Error.Message)
		}
		return answer
	case <-late.C:
		call.client.t.Fatalf("%s never settled\n%s", call.what, call.client.process.complaints)
	}
	return Answer{}
}

// Settled says whether the answer has come.
func (call *Call) Settled() bool { return len(call.answers) > 0 }

// checkSecrets holds every error of every scenario to ERROR-3 and ERROR-1.
func (c *Client) checkSecrets(answer Answer) {
	c.t.Helper()
	if answer.Error == nil {
		return
	}
	if answer.Error.Code == "" || answer.Error.Message == "" {
		c.t.Errorf("an error lacks its code or its text: %+v", *answer.Error)
	}
	if strings.Contains(answer.Error.Message, c.stage.Key) {
		c.t.Errorf("an error holds the API key: %s", answer.Error.Message)
	}
}

// Do runs a command.
func (c *Client) Do(command string, params Params) Answer {
	c.t.Helper()
	return c.Begin(command, params).Wait()
}

// BeginLogin starts a login by key.
func (c *Client) BeginLogin(uid string) *Call {
	c.t.Helper()
	return c.Begin("login", Params{"uid": uid, "key": c.stage.Key})
}

// TryLogin logs in by key.
func (c *Client) TryLogin(uid string) Answer {
	c.t.Helper()
	return c.BeginLogin(uid).Wait()
}

// TryToken logs in by token.
func (c *Client) TryToken(token string) Answer {
	c.t.Helper()
	return c.Do("loginWithAuthToken", Params{"token": token})
}

// Login logs in by key, which must succeed, and gives the token.
func (c *Client) Login(uid string) (token string) {
	c.t.Helper()
	c.WantUser(c.TryLogin(uid), uid)
	return c.Token()
}

// Token gives the session's.
func (c *Client) Token() string {
	c.t.Helper()
	return decoded[string](c.t, c.Do("userAuthToken", nil))
}

// User gives the logged-in user, or nil.
func (c *Client) User() *User {
	c.t.Helper()
	return decoded[*User](c.t, c.Do("loggedInUser", nil))
}

// WantUser holds that a call gave a user.
func (c *Client) WantUser(answer Answer, uid string) User {
	c.t.Helper()
	user := decoded[User](c.t, answer)
	if !strings.EqualFold(user.UID, uid) {
		c.t.Fatalf("the user is %q, want %q", user.UID, uid)
	}
	return user
}

// WantOK holds that a call succeeded.
func (c *Client) WantOK(answer Answer) {
	c.t.Helper()
	if answer.Error != nil {
		c.t.Fatalf("%s: %s", answer.Error.Code, answer.Error.Message)
	}
}

// WantCode holds that a call failed with a code.
func (c *Client) WantCode(answer Answer, code string) {
	c.t.Helper()
	if answer.Error == nil || answer.Error.Code != code {
		c.t.Fatalf("answered %s, %+v; want %s", answer.Result, answer.Error, code)
	}
}

// WantIn holds that all getters agree that a user is in, or nobody for "".
func (c *Client) WantIn(uid string) {
	c.t.Helper()
	if wrong := c.isNotIn(uid); wrong != "" {
		c.t.Errorf("%s", wrong)
	}
}

// WantNobody holds that nobody is in.
func (c *Client) WantNobody() {
	c.t.Helper()
	c.WantIn("")
}

func (c *Client) isNotIn(uid string) string {
	c.t.Helper()
	got := ""
	if user := c.User(); user != nil {
		got = user.UID
	}
	token, in := c.Token(), decoded[bool](c.t, c.Do("isUserLoggedIn", nil))
	if !strings.EqualFold(got, uid) || in != (uid != "") || (token != "") != (uid != "") {
		return fmt.Sprintf("loggedInUser %q, isUserLoggedIn %v, a token %v; want %q", got, in, token != "", uid)
	}
	return ""
}

// WantSoon holds that a user is in within the second that tabs have.
func (c *Client) WantSoon(uid string) {
	c.t.Helper()
	deadline := time.NewTimer(time.Second)
	defer deadline.Stop()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		wrong := c.isNotIn(uid)
		if wrong == "" {
			return
		}
		select {
		case <-again.C:
		case <-deadline.C:
			c.t.Fatalf("after a second: %s", wrong)
		}
	}
}

// Entries gives everything in the client's store.
func (c *Client) Entries() map[string]string {
	c.t.Helper()
	return decoded[map[string]string](c.t, c.Do("storageEntries", Params{"store": c.Store}))
}

// Put writes an entry of the store behind the SDK's back.
func (c *Client) Put(name, value string) {
	c.t.Helper()
	c.WantOK(c.Do("storagePut", Params{"store": c.Store, "name": name, "value": value}))
}

// StorageFail makes operations of the client's storage fail, no others.
func (c *Client) StorageFail(operations ...string) {
	c.t.Helper()
	c.WantOK(c.Do("storageFail", Params{"fails": slices.Concat([]string{}, operations)}))
}

func decoded[V any](t *T, answer Answer) V {
	t.Helper()
	var value V
	if answer.Error != nil {
		t.Fatalf("%s: %s", answer.Error.Code, answer.Error.Message)
	}
	if err := json.Unmarshal(answer.Result, &value); err != nil {
		t.Fatalf("the result is %s: %v", answer.Result, err)
	}
	return value
}
