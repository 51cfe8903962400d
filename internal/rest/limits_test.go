package rest_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/rest"
)

// burst is how many requests the limits of these tests allow at once, and perMinute how many a minute.
const (
	burst     = 20
	perMinute = 60
)

// hand is a clock that a test moves.
type hand struct{ passed atomic.Int64 }

func (h *hand) now() time.Time             { return noon.Add(time.Duration(h.passed.Load())) }
func (h *hand) move(by time.Duration)      { h.passed.Add(int64(by)) }
func (h *hand) option(config *rest.Config) { config.Clock = h.now }
func limited(limits rest.Limits) (*hand, option) {
	clock := &hand{}
	return clock, func(_ *identity.FirstApp, config *rest.Config) {
		config.Limits = limits
		// Tests say by X-Forwarded-For which address they come from.
		config.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		clock.option(config)
	}
}

// from is the header of a request that came from an address.
func (h headers) from(address string) headers { return h.with("X-Forwarded-For", address) }

// callMany sends a request so many times, all of which must not be refused by a limit.
func (a *api) callMany(count int, method, path string, sent headers, body string) {
	a.t.Helper()
	for i := range count {
		if got := a.call(method, path, sent, body); got.status == http.StatusTooManyRequests {
			a.t.Fatalf("%s %s: refused after %d of %d requests", method, path, i, count)
		}
	}
}

// limitedNow checks that a request is refused by a limit, with every header that says so.
func (a *api) limitedNow(clock *hand, method, path string, sent headers, body string) reply {
	a.t.Helper()
	got := a.refused(method, path, sent, body, "ERR_TOO_MANY_REQUESTS", http.StatusTooManyRequests)
	wait, err := strconv.ParseInt(got.header.Get("Retry-After"), 10, 64)
	if err != nil || wait < 1 {
		a.t.Errorf("Retry-After is %q", got.header.Get("Retry-After"))
	}
	for _, name := range []string{"X-Rate-Limit-Reset", "X-RateLimit-Reset"} {
		if want := strconv.FormatInt(clock.now().Unix()+wait, 10); got.header.Get(name) != want {
			a.t.Errorf("%s is %q, want %s", name, got.header.Get(name), want)
		}
	}
	return got
}

// Contract 9.27.
func TestEachKindOfOperationHasItsLimit(t *testing.T) {
	t.Parallel()
	const getUser, users = "/users/" + andrew, "/users"
	for _, test := range []struct {
		name         string
		limits       rest.Limits
		method, path string
		by           headers
		body         string
		limit        int
		// other is one that must still be allowed, by otherBy.
		otherMethod, other string
		otherBy            headers
	}{
		{"logins of a back end", rest.Limits{Core: perMinute}, "POST", getUser + "/auth_tokens", byREST(), `{}`, perMinute, "GET", getUser, byREST()},
		{"logins of clients", rest.Limits{Core: 400}, "POST", getUser + "/auth_tokens", byAuthKey(), `{}`, 200, "POST", users, byREST()},
		{"new users", rest.Limits{Core: perMinute}, "POST", users, byREST(), `{"uid":"taken","name":"T"}`, perMinute, "GET", getUser, byREST()},
		{"deleted users", rest.Limits{Core: perMinute}, "DELETE", "/users/nobody", byREST(), "", perMinute, "GET", getUser, byREST()},
		{"standard operations", rest.Limits{Standard: perMinute}, "GET", getUser, byREST(), "", perMinute, "POST", getUser + "/auth_tokens", byREST()},
		{"imports", rest.Limits{Import: perMinute}, "POST", "/data_import/users", byREST(), `{"users":{"ana":{"uid":"ana","name":"Ana"}}}`, perMinute, "GET", getUser, byREST()},
		{"an address", rest.Limits{Address: perMinute}, "GET", "/settings", headers{}, "", perMinute, "GET", getUser, byREST()},
		{"clients with the Auth Key at an address", rest.Limits{Address: perMinute}, "POST", getUser + "/auth_tokens", byAuthKey(), `{}`, perMinute, "GET", getUser, byREST()},
		{"wrong keys of an address", rest.Limits{Address: perMinute}, "GET", getUser, headers{"apikey": "wrong"}, "", perMinute, "GET", getUser, byREST()},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			clock, withLimits := limited(test.limits)
			a := newAPI(t, withLimits)
			a.callMany(burst, test.method, test.path, test.by, test.body)
			got := a.limitedNow(clock, test.method, test.path, test.by, test.body)
			for _, name := range []string{"X-Rate-Limit", "X-RateLimit-Limit"} {
				if got.header.Get(name) != strconv.Itoa(test.limit) {
					t.Errorf("%s is %q, want %d", name, got.header.Get(name), test.limit)
				}
			}
			for _, name := range []string{"X-Rate-Limit-Remaining", "X-RateLimit-Remaining"} {
				if got.header.Get(name) != "0" {
					t.Errorf("%s is %q, want 0", name, got.header.Get(name))
				}
			}
			a.callMany(1, test.otherMethod, test.other, test.otherBy, `{"uid":"other","name":"O"}`)
			// A microsecond for what a float does not hold.
			clock.move(time.Minute/time.Duration(test.limit) + time.Microsecond)
			a.callMany(1, test.method, test.path, test.by, test.body)
			a.limitedNow(clock, test.method, test.path, test.by, test.body)
		})
	}
}

func TestSignInIsACoreOperation(t *testing.T) {
	t.Parallel()
	clock, withLimits := limited(rest.Limits{Core: perMinute})
	a := newAPI(t, withLimits)
	token := a.issue(andrew, byREST())
	a.callMany(burst-1, http.MethodPut, "/me", byToken(token), `{}`)
	a.limitedNow(clock, http.MethodPut, "/me", byToken(token), `{}`)
	a.must(http.MethodGet, "/me", byToken(token), "")
	a.must(http.MethodDelete, "/me", byToken(token), "")
}

func TestARefusedRequestIsNotExecuted(t *testing.T) {
	t.Parallel()
	clock, withLimits := limited(rest.Limits{Core: perMinute})
	a := newAPI(t, withLimits)
	a.callMany(burst, http.MethodPost, "/users", byREST(), `{}`)
	before := a.stored()
	a.limitedNow(clock, http.MethodPost, "/users", byREST(), `{"uid":"late","name":"Late"}`)
	if a.stored() != before {
		t.Error("a refused request changed the database")
	}
}

// Contract 9.27.
func TestAnswersTellTheTightestLimit(t *testing.T) {
	t.Parallel()
	_, withLimits := limited(rest.Limits{Core: 400, Standard: 600, Address: 300})
	a := newAPI(t, withLimits)
	token := a.issue(andrew, byREST())
	for _, test := range []struct {
		name         string
		method, path string
		by           headers
		limit, left  string
	}{
		{"a back end's login counts for the app", "POST", "/users/" + andrew + "/auth_tokens", byREST(), "400", "38"},
		{"a back end's reading counts apart", "GET", "/users/" + andrew, byREST(), "600", "59"},
		{"a client's login counts for its key", "POST", "/users/" + andrew + "/auth_tokens", byAuthKey(), "200", "19"},
		{"a client counts for its address", "GET", "/me", byToken(token), "300", "28"},
		{"and without credentials too", "GET", "/settings", headers{}, "300", "27"},
		{"health is not limited", "GET", "/healthz", headers{}, "", ""},
	} {
		got := a.must(test.method, test.path, test.by, "")
		for _, names := range [][2]string{{"X-Rate-Limit", "X-Rate-Limit-Remaining"}, {"X-RateLimit-Limit", "X-RateLimit-Remaining"}} {
			if limit, left := got.header.Get(names[0]), got.header.Get(names[1]); limit != test.limit || left != test.left {
				t.Errorf("%s: %s %q, %s %q, want %s and %s", test.name, names[0], limit, names[1], left, test.limit, test.left)
			}
		}
		exposed := got.header.Get("Access-Control-Expose-Headers")
		for _, name := range []string{"Retry-After", "X-Rate-Limit", "X-RateLimit-Limit", "X-Rate-Limit-Remaining", "X-RateLimit-Remaining", "X-Rate-Limit-Reset", "X-RateLimit-Reset"} {
			if !strings.Contains(exposed+",", name+",") {
				t.Errorf("a page may not read %s", name)
			}
		}
	}
}

func TestNoLimitUnlessSaid(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for i := range 2 * burst {
		a.refused(http.MethodGet, "/users/"+andrew, headers{"apikey": fmt.Sprint("guess-", i)}, "", "AUTH_ERR_APIKEY_NOT_FOUND", http.StatusUnauthorized)
	}
	if got := a.must(http.MethodGet, "/users/"+andrew, byREST(), ""); got.header.Get("X-Rate-Limit") != "" {
		t.Error("a limit is told where there is none")
	}
}

func TestNobodyUsesUpWhatIsAnothers(t *testing.T) {
	t.Parallel()
	clock, withLimits := limited(rest.Limits{Core: 400, Standard: 400, Address: perMinute})
	a := newAPI(t, withLimits)
	token := a.issue(andrew, byREST())
	const mine, other, sameNetwork = "2001:db8:0:1::1", "203.0.113.9", "2001:db8:0:1:ffff::2"
	// Nobody's requests, whatever they claim, count against the app; they end with their own address.
	for range 2 * burst {
		a.call(http.MethodGet, "/users/"+andrew, headers{"apikey": "wrong"}.from(mine), "")
	}
	a.limitedNow(clock, http.MethodGet, "/me", byToken(token).from(mine), "")
	a.limitedNow(clock, http.MethodGet, "/me", byToken(token).from(sameNetwork), "")
	a.must(http.MethodGet, "/me", byToken(token).from(other), "")
	a.must(http.MethodGet, "/users/"+andrew, byREST().from(mine), "")
	// Clients with the Auth Key use up the key's half of the app's logins, and the back end goes on.
	for i := range burst + 1 {
		a.call(http.MethodPost, "/users/"+andrew+"/auth_tokens", byAuthKey().from(fmt.Sprint("203.0.113.", i)), `{}`)
	}
	a.limitedNow(clock, http.MethodPost, "/users/"+andrew+"/auth_tokens", byAuthKey().from("198.51.100.1"), `{}`)
	a.must(http.MethodPost, "/users/cometchat-uid-2/auth_tokens", byREST(), `{}`)
}

func TestAppsHaveLimitsOfTheirOwn(t *testing.T) {
	t.Parallel()
	clock, withLimits := limited(rest.Limits{Standard: perMinute})
	a := newAPI(t, withLimits)
	a.callMany(burst, http.MethodGet, "/users", byREST(), "")
	a.limitedNow(clock, http.MethodGet, "/users", byREST(), "")
	a.must(http.MethodGet, "/users", byREST().with("appId", bystander), "")
}

// wrongTokens are as many as an address may send before it is closed.
const wrongTokens = 20

func TestWrongCredentialsCloseAnAddress(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name         string
		method, path string
		by           func(guess int) headers
		code         string
		good         func(token string) headers
	}{
		{"keys", "GET", "/users/" + andrew, func(i int) headers { return headers{"apikey": fmt.Sprint("guess-", i)} }, "AUTH_ERR_APIKEY_NOT_FOUND", func(string) headers { return byREST() }},
		{"tokens", "GET", "/me", func(i int) headers { return byToken(fmt.Sprintf("%s_%040x", andrew, i)) }, "AUTH_ERR_AUTH_TOKEN_NOT_FOUND", byToken},
		{"management credentials", "GET", "/apps", func(i int) headers { return headers{"key": managementKey, "secret": fmt.Sprint("guess-", i)} }, "AUTH_ERR_INVALID_AUTH_HEADER", func(string) headers { return byManager() }},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			const attacker, office = "2001:db8:0:1::1", "203.0.113.9"
			clock, withLimits := limited(rest.Limits{WrongCredentials: true})
			a := newAPI(t, withLimits)
			good := test.good(a.issue(andrew, byREST()))
			for i := range wrongTokens {
				a.refused(test.method, test.path, test.by(i).from(attacker), "", test.code, http.StatusUnauthorized)
			}
			for i, want := range []string{"1", "2", "4", "8"} {
				// From another address of the same network too.
				got := a.limitedNow(clock, test.method, test.path, good.from(fmt.Sprint("2001:db8:0:1::", i)), "")
				if got.header.Get("Retry-After") != want {
					t.Errorf("Retry-After is %s, want %s", got.header.Get("Retry-After"), want)
				}
				a.must(test.method, test.path, good.from(office), "")
				seconds, _ := strconv.Atoi(want)
				clock.move(time.Duration(seconds) * time.Second)
				a.refused(test.method, test.path, test.by(100+i).from(attacker), "", test.code, http.StatusUnauthorized)
			}
			clock.move(16 * time.Second)
			a.must(test.method, test.path, good.from(attacker), "")
			// One that is known there is heard while others have to wait.
			a.refused(test.method, test.path, test.by(200).from(attacker), "", test.code, http.StatusUnauthorized)
			a.limitedNow(clock, test.method, test.path, test.by(201).from(attacker), "")
			a.must(test.method, test.path, good.from(attacker), "")
		})
	}
}

func TestMissingCredentialsAreNoGuess(t *testing.T) {
	t.Parallel()
	_, withLimits := limited(rest.Limits{WrongCredentials: true})
	a := newAPI(t, withLimits)
	for range 2 * wrongTokens {
		a.refused(http.MethodGet, "/me", headers{}, "", "AUTH_ERR_EMPTY_AUTH_TOKEN", http.StatusUnauthorized)
		a.refused(http.MethodGet, "/users", headers{}, "", "AUTH_ERR_EMPTY_APIKEY", http.StatusUnauthorized)
		a.refused(http.MethodGet, "/roles", byAuthKey(), "", "AUTH_ERR_NO_ACCESS", http.StatusForbidden)
	}
	a.must(http.MethodGet, "/users", byREST(), "")
}

func TestTheClientsAddress(t *testing.T) {
	t.Parallel()
	const loopback, proxies = "127.0.0.1", "127.0.0.0/8 10.0.0.0/8 2001:db8:ffff::/48"
	for _, test := range []struct {
		name, trusted, forwarded, want string
	}{
		{"nobody is trusted", "", "203.0.113.7", loopback},
		{"nothing is forwarded", proxies, "", loopback},
		{"one proxy", proxies, "203.0.113.7", "203.0.113.7"},
		{"two proxies", proxies, "203.0.113.7, 10.1.2.3", "203.0.113.7"},
		{"an address that the caller wrote", proxies, "198.51.100.1, 203.0.113.7", "203.0.113.7"},
		{"a trusted one that the caller wrote", proxies, "10.0.0.1, 203.0.113.7", "203.0.113.7"},
		{"only proxies", proxies, "10.0.0.1, 10.0.0.2", "10.0.0.1"},
		{"with a port", proxies, "203.0.113.7:4711", "203.0.113.7"},
		{"IPv6", proxies, "2001:db8::7, 2001:db8:ffff::1", "2001:db8::7"},
		{"IPv6 with a port", proxies, "[2001:db8::7]:4711", "2001:db8::7"},
		{"IPv6 in brackets", proxies, "[2001:db8::7]", "2001:db8::7"},
		{"IPv4 as IPv6", proxies, "::ffff:203.0.113.7", "203.0.113.7"},
		{"a proxy's IPv4 as IPv6", proxies, "203.0.113.7, ::ffff:10.0.0.1", "203.0.113.7"},
		{"a word", proxies, "203.0.113.7, unknown", loopback},
		{"a word before a proxy", proxies, "unknown, 10.0.0.2", "10.0.0.2"},
		{"empty parts", proxies, ",,", loopback},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, func(_ *identity.FirstApp, config *rest.Config) {
				for network := range strings.FieldsSeq(test.trusted) {
					config.TrustedProxies = append(config.TrustedProxies, netip.MustParsePrefix(network))
				}
			})
			by := byREST()
			if test.forwarded != "" {
				by = by.from(test.forwarded)
			}
			a.must(http.MethodPost, "/users", by, `{"uid":"mina","name":"Mina"}`)
			events := a.must(http.MethodGet, "/events?kind=user_created&uid=mina", byREST(), "").list()
			if len(events) != 1 || events[0]["address"] != test.want {
				t.Errorf("the event says %v, want %s", events, test.want)
			}
			a.refused(http.MethodGet, "/users/nobody", by, "", "ERR_UID_NOT_FOUND", http.StatusNotFound)
			if log := a.log.String(); !strings.Contains(log, "address="+test.want+" ") {
				t.Errorf("the log says another address than %s: %s", test.want, log)
			}
			if warned := strings.Contains(a.log.String(), "--trusted-proxies"); warned != (test.trusted == "") {
				t.Errorf("a warning of an unknown proxy: %v", warned)
			}
		})
	}
}
