package limit_test

import (
	"fmt"
	"net/netip"
	"strconv"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/limit"
)

var (
	attacker = limit.Network(netip.MustParseAddr("203.0.113.7"))
	somebody = limit.Network(netip.MustParseAddr("198.51.100.9"))
)

// tolerated is how many wrong credentials close an address.
const tolerated = 20

// closed is a memory in which the attacker's address was just closed for the first time.
func closed() *limit.Strikes {
	strikes := limit.NewStrikes(100)
	for i := range tolerated {
		strikes.Wrong(strikes.Proof(attacker, fmt.Sprint("guess ", i)), noon)
	}
	return strikes
}

func TestAnAddressIsClosedForTwiceAsLongEachTime(t *testing.T) {
	t.Parallel()
	strikes := limit.NewStrikes(100)
	guess := strikes.Proof(attacker, "guess")
	for i := range tolerated {
		if wait := strikes.Wait(guess, noon); wait != 0 {
			t.Fatalf("closed for %v after %d wrong credentials", wait, i)
		}
		strikes.Wrong(guess, noon)
	}
	now := noon
	for _, want := range []time.Duration{
		time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 32 * time.Second, 64 * time.Second,
		128 * time.Second, 256 * time.Second, 512 * time.Second, 15 * time.Minute, 15 * time.Minute,
	} {
		if got := strikes.Wait(guess, now); got != want {
			t.Fatalf("closed for %v, want %v", got, want)
		}
		// What was on its way when the address was closed changes nothing.
		strikes.Wrong(guess, now)
		now = now.Add(want)
		if got := strikes.Wait(guess, now); got != 0 {
			t.Fatalf("still closed for %v after its %v", got, want)
		}
		strikes.Wrong(guess, now)
	}
}

func TestAClosedAddress(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name        string
		before      func(*limit.Strikes)
		from        netip.Prefix
		credentials string
		wait        time.Duration
	}{
		{"keeps out new credentials", func(*limit.Strikes) {}, attacker, "good", time.Second},
		{"keeps nobody else out", func(*limit.Strikes) {}, somebody, "good", 0},
		{"hears credentials that were good here before", func(s *limit.Strikes) {
			s.Good(s.Proof(attacker, "good"), noon)
		}, attacker, "good", 0},
		{"does not trust them from elsewhere", func(s *limit.Strikes) {
			s.Good(s.Proof(somebody, "good"), noon)
		}, attacker, "good", time.Second},
		{"is not opened by a success", func(s *limit.Strikes) {
			s.Good(s.Proof(attacker, "own"), noon)
		}, attacker, "guess", time.Second},
		{"forgets a good credential after an hour", func(s *limit.Strikes) {
			s.Good(s.Proof(attacker, "good"), noon.Add(-time.Hour))
		}, attacker, "good", time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			strikes := closed()
			test.before(strikes)
			if got := strikes.Wait(strikes.Proof(test.from, test.credentials), noon); got != test.wait {
				t.Errorf("the wait is %v, want %v", got, test.wait)
			}
		})
	}
}

func TestAFewWrongCredentialsAmongManyGoodAreForgiven(t *testing.T) {
	t.Parallel()
	strikes := limit.NewStrikes(100)
	// An office in which somebody is wrong every 30 seconds, for a day.
	for i := range 2880 {
		now := noon.Add(time.Duration(i) * 30 * time.Second)
		for user := range 10 {
			good := strikes.Proof(somebody, strconv.Itoa(user))
			if wait := strikes.Wait(good, now); wait != 0 {
				t.Fatalf("closed for %v after %v", wait, now.Sub(noon))
			}
			strikes.Good(good, now)
		}
		strikes.Wrong(strikes.Proof(somebody, "old token"), now)
	}
}

func TestGoodBehaviourIsForgiven(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		after time.Duration // since the address opened again
		wait  time.Duration // after another 20 wrong ones at that time
	}{
		{"not at once", 0, 2 * time.Second},
		{"after ten minutes", 10 * time.Minute, time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			strikes := closed()
			now := noon.Add(time.Second + test.after)
			guess := strikes.Proof(attacker, "guess")
			for range tolerated {
				strikes.Wrong(guess, now)
			}
			if got := strikes.Wait(guess, now); got != test.wait {
				t.Errorf("the wait is %v, want %v", got, test.wait)
			}
		})
	}
}

func TestCredentialsAreNotConfused(t *testing.T) {
	t.Parallel()
	strikes := closed()
	strikes.Good(strikes.Proof(attacker, "ab", "c"), noon)
	if strikes.Wait(strikes.Proof(attacker, "a", "bc"), noon) == 0 {
		t.Error("two credentials passed for two others")
	}
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ address, want string }{
		{"203.0.113.7", "203.0.113.7/32"},
		{"::ffff:203.0.113.7", "203.0.113.7/32"},
		{"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
		{"fe80::1%eth0", "fe80::/64"},
		{"::1", "::/64"},
	} {
		if got := limit.Network(netip.MustParseAddr(test.address)); got.String() != test.want {
			t.Errorf("%s counts as %s, want %s", test.address, got, test.want)
		}
	}
	if got := limit.Network(netip.Addr{}); got.IsValid() {
		t.Errorf("no address counts as %s", got)
	}
}

func TestStrikesAreBounded(t *testing.T) {
	t.Parallel()
	const most = 10
	strikes := limit.NewStrikes(most)
	early := strikes.Proof(attacker, "guess")
	for range tolerated {
		strikes.Wrong(early, noon)
	}
	for i := range most {
		strikes.Wrong(strikes.Proof(limit.Network(netip.AddrFrom4([4]byte{10, 0, 0, byte(i)})), "guess"), noon)
	}
	if wait := strikes.Wait(early, noon); wait != 0 {
		t.Errorf("more than %d addresses are kept: the first is still closed for %v", most, wait)
	}
}
