package limit

import (
	"hash/maphash"
	"net/netip"
	"sync"
	"time"
)

// The rules for wrong credentials. An address may send 20, and then one more every 30 seconds; each
// beyond that closes it for twice as long as the one before, from a second to 15 minutes.
const (
	tolerated    = 20
	forgivenIn   = 30 * time.Second
	firstClosing = time.Second
	maxClosing   = 15 * time.Minute
	// proofLife is how long a good credential is remembered after its last use.
	proofLife = time.Hour
)

// Strikes slows down an address that sends wrong credentials. It is safe for concurrent use.
//
// Addresses are shared: behind the one of an office or a telephone network are many users. So a
// credential that was good from an address lately goes on being heard while the address is closed;
// only new ones have to wait, and those are what somebody who tries credentials sends.
type Strikes struct {
	seed maphash.Seed

	mu        sync.Mutex
	addresses *table[netip.Prefix, struck]
	proofs    *table[uint64, struct{}]
}

// struck is what an address has done.
type struck struct {
	// count is of wrong credentials, as of the time counted; it falls by one each forgivenIn.
	count   float64
	counted time.Time
	// closing is how long the address was closed last, and open when that ended or ends.
	closing time.Duration
	open    time.Time
}

// NewStrikes makes a memory for at most so many addresses, and as many good credentials.
func NewStrikes(most int) *Strikes {
	return &Strikes{
		seed: maphash.MakeSeed(),
		// Longer than that after its last strike, every address is forgiven.
		addresses: newTable[netip.Prefix, struck](most, maxClosing+tolerated*forgivenIn),
		proofs:    newTable[uint64, struct{}](most, proofLife),
	}
}

// Proof stands for credentials that an address sent, without holding them.
type Proof struct {
	from netip.Prefix
	sum  uint64
}

// Proof takes down which credentials came from where.
func (s *Strikes) Proof(from netip.Prefix, credentials ...string) Proof {
	var hash maphash.Hash
	hash.SetSeed(s.seed)
	address := from.Addr().As16()
	_, _ = hash.Write(address[:])
	// No header can hold the byte that ends each.
	for _, credential := range credentials {
		_, _ = hash.WriteString(credential)
		_ = hash.WriteByte(0)
	}
	return Proof{from: from, sum: hash.Sum64()}
}

// Wait is how long these credentials are not listened to; 0 when they are.
func (s *Strikes) Wait(proof Proof, now time.Time) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	address := s.addresses.find(proof.from, now)
	if address == nil || !address.open.After(now) || s.proofs.find(proof.sum, now) != nil {
		return 0
	}
	return address.open.Sub(now)
}

// Good remembers credentials that were right. What the address has sent before is not forgiven by
// that: one good credential must not pay for trying others.
func (s *Strikes) Good(proof Proof, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.proofs.use(proof.sum, now, func() struct{} { return struct{}{} })
}

// Wrong counts credentials that were wrong.
func (s *Strikes) Wrong(proof Proof, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	address := s.addresses.use(proof.from, now, func() struck { return struck{counted: now} })
	if address.open.After(now) {
		// They were on their way already when it was closed.
		return
	}
	// Being closed is no time of good behaviour.
	since := address.counted
	if address.open.After(since) {
		since = address.open
	}
	address.count = max(0, address.count-float64(now.Sub(since))/float64(forgivenIn))
	if address.count == 0 {
		address.closing = 0
	}
	address.count++
	address.counted = now
	if address.count < tolerated {
		return
	}
	// No more than that, or ten minutes of good behaviour would not be enough to be forgiven.
	address.count = tolerated
	address.closing = min(max(2*address.closing, firstClosing), maxClosing)
	address.open = now.Add(address.closing)
}

// Network is what counts as one address: an IPv6 subscriber has at least a /64 to choose from.
func Network(address netip.Addr) netip.Prefix {
	address = address.Unmap().WithZone("")
	bits := address.BitLen()
	if address.Is6() {
		bits = 64
	}
	// It fails only for bits that an address has not got.
	network, _ := address.Prefix(bits)
	return network
}
