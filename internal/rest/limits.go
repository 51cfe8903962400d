package rest

import (
	"errors"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/limit"
)

// Limits is how often callers may call, in requests a minute; a number that is 0 is no limit, and the
// zero value none at all. Each server counts for itself.
type Limits struct {
	// Core and Standard are for an app as a whole: logins and the making and removing of users, and
	// everything else (contract 2.5). A key of the scope authOnly, which clients can see, may take half
	// of them, so that the back end always has the other half.
	Core     int
	Standard int
	// Import is how often an app may import users.
	Import int
	// Address is for a client's network address, an IPv6 one by its /64. A back end, which shows a key
	// of the scope fullAccess, has none.
	Address int
	// WrongCredentials makes an address that goes on sending them wait, ever longer.
	WrongCredentials bool
}

// DefaultLimits are the documented ones (contract 2.5), and our own for an address.
func DefaultLimits() Limits {
	return Limits{Core: 10_000, Standard: 20_000, Import: 60, Address: 1200, WrongCredentials: true}
}

// The bounds of what is remembered: entries take some 300 bytes each.
const (
	mostApps      = 1 << 12
	mostKeys      = 1 << 14
	mostAddresses = 1 << 16
)

// limiter holds requests against the limits. A nil one allows everything.
type limiter struct {
	clock                   func() time.Time
	core, standard, imports *limit.Buckets[identity.AppID]
	keyCore, keyStandard    *limit.Buckets[int64]
	address                 *limit.Buckets[netip.Prefix]
	strikes                 *limit.Strikes
	// refused hears why a request was refused.
	refused func(reason string)
}

func newLimiter(limits Limits, clock func() time.Time, refused func(reason string)) *limiter {
	if limits == (Limits{}) {
		return nil
	}
	l := &limiter{
		clock:       clock,
		core:        limit.NewBuckets[identity.AppID](limits.Core, mostApps),
		standard:    limit.NewBuckets[identity.AppID](limits.Standard, mostApps),
		imports:     limit.NewBuckets[identity.AppID](limits.Import, mostApps),
		keyCore:     limit.NewBuckets[int64]((limits.Core+1)/2, mostKeys),
		keyStandard: limit.NewBuckets[int64]((limits.Standard+1)/2, mostKeys),
		address:     limit.NewBuckets[netip.Prefix](limits.Address, mostAddresses),
		refused:     refused,
	}
	if limits.WrongCredentials {
		l.strikes = limit.NewStrikes(mostAddresses)
	}
	return l
}

// coreOperations are those that the documents count apart (contract 2.5).
var coreOperations = map[string]bool{
	"POST /users": true, "DELETE /users": true, "DELETE /users/{uid}": true,
	"POST /users/{uid}/auth_tokens": true, "PUT /me": true,
}

const importOperation = "POST " + importPath

// Why a request is refused, for the log and the metrics.
const (
	refusedAddress     = "address"
	refusedKey         = "key"
	refusedApp         = "app"
	refusedImport      = "import"
	refusedCredentials = "credentials"
)

// guard is the proof of a route with the limits around it.
//
// Only proven callers count against an app and a key: else anybody could use up what is an app's. An
// address counts before the proof, which may cost a look into the database; but one who shows a back
// end's credentials is asked for the proof first, for a back end has all its users behind one address.
func (l *limiter) guard(route route) proof {
	if l == nil {
		return route.prove
	}
	core, imports := coreOperations[route.pattern], route.pattern == importOperation
	return func(h *Handler, c *call) error {
		if c.byOperator() {
			return route.prove(h, c)
		}
		count := counting{limiter: l, call: c, now: l.clock()}
		claims := claimsBackEnd(c.Header)
		if !claims && !count.address() {
			return count.refusal
		}
		err := route.prove(h, c)
		if claims && !isBackEnd(c.caller) && !count.address() {
			return count.refusal
		}
		if err != nil {
			return err
		}
		if !count.shares(core, imports) {
			return count.refusal
		}
		count.show()
		return nil
	}
}

func claimsBackEnd(header http.Header) bool {
	return header.Get("Apikey") != "" || header.Get("Key") != "" || header.Get("Authorization") != ""
}

func isBackEnd(caller identity.Caller) bool {
	return caller.Management || caller.Key != nil && caller.Key.Scope == identity.ScopeFullAccess
}

// counting is one request on its way past the limits.
type counting struct {
	*limiter
	call     *call
	now      time.Time
	tightest limit.Standing
	refusal  error
}

func (n *counting) address() bool {
	return n.take(refusedAddress, n.limiter.address.Take(n.call.network(), n.now))
}

// shares counts a request against what many share, the narrower first: who is refused by it takes
// nothing from the others.
func (n *counting) shares(core, imports bool) bool {
	caller := n.call.caller
	if caller.Key == nil && caller.Session == nil && !caller.Management {
		return true
	}
	ofApp, ofKey := n.standard, n.keyStandard
	if core {
		ofApp, ofKey = n.core, n.keyCore
	}
	if caller.Key != nil && !isBackEnd(caller) && !n.take(refusedKey, ofKey.Take(caller.Key.ID, n.now)) {
		return false
	}
	if imports && !n.take(refusedImport, n.imports.Take(caller.App.ID, n.now)) {
		return false
	}
	return n.take(refusedApp, ofApp.Take(caller.App.ID, n.now))
}

func (n *counting) take(reason string, standing limit.Standing) bool {
	if standing.Tighter(n.tightest) {
		n.tightest = standing
	}
	if !standing.Allowed {
		n.tightest = standing
		n.refusal = n.tooMany(n.call, reason, standing.Wait, n.now)
		n.show()
	}
	return standing.Allowed
}

// Names of headers, in the older and the newer spelling of the documents (contract 2.5).
var (
	limitHeaders     = [...]string{"X-Rate-Limit", "X-Ratelimit-Limit"}
	remainingHeaders = [...]string{"X-Rate-Limit-Remaining", "X-Ratelimit-Remaining"}
	resetHeaders     = [...]string{"X-Rate-Limit-Reset", "X-Ratelimit-Reset"}
)

// show tells the caller how it stands to the limit that is nearest.
func (n *counting) show() {
	if n.tightest.Limit == 0 {
		return
	}
	limit, remaining := []string{strconv.Itoa(n.tightest.Limit)}, []string{strconv.Itoa(n.tightest.Remaining)}
	for i := range limitHeaders {
		n.call.reply[limitHeaders[i]], n.call.reply[remainingHeaders[i]] = limit, remaining
	}
}

// tooMany refuses a request, and says when to come again.
func (l *limiter) tooMany(c *call, reason string, wait time.Duration, now time.Time) error {
	l.refused(reason)
	// In whole seconds, and never none.
	seconds := max(1, int64((wait+time.Second-1)/time.Second))
	c.reply["Retry-After"] = []string{strconv.FormatInt(seconds, 10)}
	reset := []string{strconv.FormatInt(now.Unix()+seconds, 10)}
	for _, name := range resetHeaders {
		c.reply[name] = reset
	}
	return fault.TooManyRequests().Because(errors.New("limit: " + reason))
}

// wrongCredentials are the answers to credentials that somebody may have guessed.
var wrongCredentials = map[fault.Code]bool{
	fault.CodeUnknownAPIKey: true, fault.CodeUnknownAuthToken: true, fault.CodeInvalidAuthHeader: true,
}

// try runs the proof of a credential, unless its address has sent too many wrong ones.
func (l *limiter) try(c *call, credential string, prove func() error) error {
	if l == nil || l.strikes == nil || credential == "" {
		return prove()
	}
	now := l.clock()
	shown := l.strikes.Proof(c.network(), credential)
	if wait := l.strikes.Wait(shown, now); wait > 0 {
		return l.tooMany(c, refusedCredentials, wait, now)
	}
	err := prove()
	switch {
	case err == nil:
		l.strikes.Good(shown, now)
	case wrongCredentials[fault.CodeOf(err)]:
		l.strikes.Wrong(shown, now)
	}
	return err
}

// network is what the limits count as the caller's address.
func (c *call) network() netip.Prefix {
	// All whose address is none share one bucket.
	address, _ := netip.ParseAddr(c.address)
	return limit.Network(address)
}
