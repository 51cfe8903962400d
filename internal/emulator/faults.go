package emulator

import (
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/usherhq/usher/internal/fault"
)

// The bounds of faults. A delay ends before the server's own time for an answer does.
const (
	maxDelay  = 20 * time.Second
	maxTimes  = 10_000
	maxFaults = 1000
)

// injection is what is to become of the next requests of a path.
type injection struct {
	// Method is any but OPTIONS when empty.
	Method string `json:"method,omitempty"`
	// Path is without the version, and has {} parts like a route's.
	Path    string `json:"path"`
	Status  int    `json:"status,omitempty"`
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
	// Delay comes before everything else.
	Delay string `json:"delay,omitempty"`
	// Drop closes the connection without an answer.
	Drop bool `json:"drop,omitempty"`
	// Times is for how many requests it is, counting down.
	Times int `json:"times"`

	delay time.Duration
}

var (
	methodForm = regexp.MustCompile(`^[A-Z]{1,20}$`)
	codeForm   = regexp.MustCompile(`^[A-Z0-9_]{1,100}$`)
)

// check says what is wrong with a fault, and fills in what was left unsaid.
func (i injection) check() (injection, error) {
	found := problems{}
	say := func(field, reason string) { found[field] = append(found[field], reason) }
	i.Method = strings.ToUpper(i.Method)
	if i.Method != "" && !methodForm.MatchString(i.Method) {
		say("method", "The method must be one of HTTP, such as PUT; leave it out for all but OPTIONS.")
	}
	if !strings.HasPrefix(i.Path, "/") {
		say("path", "The path must start with /, as in /v3/me or /users/{uid}.")
	}
	i.Path = withoutVersion(i.Path)
	if i.Path+"/" == Path || strings.HasPrefix(i.Path, Path) {
		say("path", "The controls themselves never fail.")
	}
	if i.Status != 0 && (i.Status < 400 || i.Status > 599) {
		say("status", "The status must be that of an error, from 400 to 599.")
	}
	if i.Code != "" && !codeForm.MatchString(i.Code) {
		say("code", "The code must have 1 to 100 of A-Z, 0-9 and _.")
	}
	if i.Status == 0 && (i.Code != "" || i.Message != "") {
		say("status", "A code or a message needs a status.")
	}
	if i.Drop && i.Status != 0 {
		say("drop", "A connection that is dropped has no status: say one of the two.")
	}
	var err error
	if i.Delay != "" {
		if i.delay, err = time.ParseDuration(i.Delay); err != nil || i.delay <= 0 || i.delay > maxDelay {
			say("delay", "The delay must be a duration such as 1500ms, at most 20s.")
		}
	}
	if i.Status == 0 && !i.Drop && i.Delay == "" {
		say("body", "A fault needs a status, a delay or drop.")
	}
	if i.Times == 0 {
		i.Times = 1
	}
	if i.Times < 1 || i.Times > maxTimes {
		say("times", fmt.Sprintf("The times must be a number from 1 to %d.", maxTimes))
	}
	return i, found.asError()
}

// matches says whether a fault is for a request.
func (i injection) matches(r *http.Request) bool {
	if i.Method != r.Method && (i.Method != "" || r.Method == http.MethodOptions) {
		return false
	}
	wanted, given := strings.Split(i.Path, "/"), strings.Split(withoutVersion(r.URL.EscapedPath()), "/")
	return slices.EqualFunc(wanted, given, func(want, got string) bool {
		return want == got || got != "" && strings.HasPrefix(want, "{") && strings.HasSuffix(want, "}")
	})
}

// withoutVersion takes the version of the API off a path: what is left of that of the socket is /.
func withoutVersion(path string) string {
	for _, version := range []string{"/v3", "/v3.0"} {
		if rest, found := strings.CutPrefix(path, version); found && (rest == "" || rest[0] == '/') {
			return "/" + strings.TrimPrefix(rest, "/")
		}
	}
	return path
}

// queue is the faults that wait, in order.
type queue struct {
	mu      sync.Mutex
	waiting []injection
}

func (q *queue) add(fault injection) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) >= maxFaults {
		return false
	}
	q.waiting = append(q.waiting, fault)
	return true
}

// take gives the first fault that is for a request, one time of it.
func (q *queue) take(r *http.Request) (injection, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.IndexFunc(q.waiting, func(one injection) bool { return one.matches(r) })
	if i < 0 {
		return injection{}, false
	}
	taken := q.waiting[i]
	if q.waiting[i].Times--; q.waiting[i].Times == 0 {
		q.waiting = slices.Delete(q.waiting, i, i+1)
	}
	return taken, true
}

func (q *queue) list() []injection {
	q.mu.Lock()
	defer q.mu.Unlock()
	return append([]injection{}, q.waiting...)
}

func (q *queue) clear() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = nil
}

func (e *Emulator) addFault(c *call) (any, error) {
	var body injection
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	checked, err := body.check()
	if err != nil {
		return nil, err
	}
	if !e.faults.add(checked) {
		return nil, invalid("body", fmt.Sprintf("No more than %d faults may wait. DELETE /dev/faults forgets them.", maxFaults))
	}
	return checked, nil
}

func (e *Emulator) listFaults(*call) (any, error) { return e.faults.list(), nil }

func (e *Emulator) clearFaults(*call) (any, error) {
	e.faults.clear()
	return done("No fault waits."), nil
}

// strike lets a request fail, and says whether that was its end.
func (e *Emulator) strike(w http.ResponseWriter, r *http.Request, injected injection) (ended bool) {
	e.config.Log.Info("a fault was injected", slog.String("method", r.Method), slog.String("path", injected.Path),
		slog.Int("status", injected.Status), slog.Duration("delay", injected.delay), slog.Bool("drop", injected.Drop))
	if injected.delay > 0 {
		timer := time.NewTimer(injected.delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-e.closing:
		case <-r.Context().Done():
		}
	}
	switch {
	case injected.Drop:
		panic(http.ErrAbortHandler)
	case injected.Status == 0:
		return false
	}
	// As the API does: without the first, a page could not read the answer, nor the others of the second.
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Access-Control-Expose-Headers", "Retry-After")
	if injected.Status == http.StatusTooManyRequests || injected.Status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	code, message := injected.Code, injected.Message
	if code == "" {
		code = usualCode(injected.Status)
	}
	if message == "" {
		message = "This failure was asked for with POST /dev/faults."
	}
	e.write(w, injected.Status, failure(code, message, nil))
	return true
}

// usualCode is the code with which the API gives a status most often.
func usualCode(status int) string {
	usual := map[int]fault.Code{
		http.StatusUnauthorized: fault.CodeUnknownAuthToken, http.StatusForbidden: fault.CodeNoAccess,
		http.StatusNotFound: fault.CodeUnknownEndpoint, http.StatusConflict: fault.CodeIdempotencyKeyInUse,
		http.StatusTooManyRequests: fault.CodeTooManyRequests, http.StatusServiceUnavailable: fault.CodeNotReady,
	}
	switch code, known := usual[status]; {
	case known:
		return string(code)
	case status < http.StatusInternalServerError:
		return string(fault.CodeBadRequest)
	}
	return string(fault.CodeException)
}
