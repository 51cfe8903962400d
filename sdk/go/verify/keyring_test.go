package verify_test

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/usherhq/usher/internal/vault"
	"github.com/usherhq/usher/sdk/go/verify"
)

var errDown = errors.New("the network is down")

func down() (*http.Response, error) { return nil, errDown }

// accepted expects a token to be accepted, and gives how long that took.
func accepted(t *testing.T, v *verify.Verifier, token string) time.Duration {
	t.Helper()
	began := time.Now()
	if _, err := v.Verify(t.Context(), token); err != nil {
		t.Errorf("a good token: %v", err)
	}
	return time.Since(began)
}

func wantFetches(t *testing.T, a *authority, want int) {
	t.Helper()
	if got := a.fetched(); got != want {
		t.Errorf("the keys were fetched %d times, want %d", got, want)
	}
}

// forLong is a JWT that outlives every test.
func forLong() said { return saying(said{"exp": time.Now().Add(1000 * time.Hour).Unix()}) }

func TestKeysAreKeptAsLongAsTheServerSaysWithinBounds(t *testing.T) {
	t.Parallel()
	for says, want := range map[string]time.Duration{
		"public, max-age=300": 5 * time.Minute, "": 5 * time.Minute, "max-age=soon": 5 * time.Minute, "private": 5 * time.Minute,
		`MAX-AGE="120"`: 2 * time.Minute, "max-age=0": time.Minute, "no-store": time.Minute, "max-age=100, no-cache": time.Minute,
		"max-age=31536000": 15 * time.Minute, "max-age=99999999999999999999": 5 * time.Minute, "max-age=-1": 5 * time.Minute,
	} {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := newAuthority(t)
				a.life = says
				v, token := a.verifier(t), a.sign(t, forLong())
				accepted(t, v, token)
				time.Sleep(want - time.Nanosecond) //nolint:forbidigo // the bubble's clock
				accepted(t, v, token)
				wantFetches(t, a, 1)
				time.Sleep(time.Nanosecond) //nolint:forbidigo // the bubble's clock
				accepted(t, v, token)
				wantFetches(t, a, 2)
			})
		})
	}
}

func TestAWithdrawnKeyEndsWithTheKeptSet(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAuthority(t)
		v, token := a.verifier(t), a.sign(t, forLong())
		accepted(t, v, token)
		a.rotate(t)
		a.withdraw()
		accepted(t, v, token)
		time.Sleep(5 * time.Minute) //nolint:forbidigo // the bubble's clock
		_, err := v.Verify(t.Context(), token)
		wantReason(t, "after the set was fetched anew", err, verify.ErrUnknownKey)
	})
}

func TestManyCallersShareOneFetch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAuthority(t)
		a.slow = time.Second
		v, token := a.verifier(t), a.sign(t, forLong())
		var callers sync.WaitGroup
		for range 100 {
			callers.Go(func() { accepted(t, v, token) })
		}
		callers.Wait()
		wantFetches(t, a, 1)
	})
}

func TestUnknownKeysCostOneFetchAnInterval(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAuthority(t)
		a.slow = 10 * time.Millisecond
		v, token := a.verifier(t), a.sign(t, forLong())
		accepted(t, v, token)
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		var attackers sync.WaitGroup
		for range 20 {
			attackers.Go(func() {
				for ctx.Err() == nil {
					stranger, err := vault.NewSigningKey(rand.Reader)
					if err != nil {
						t.Error(err)
					}
					_, err = v.Verify(ctx, signed(t, stranger, saying(nil)))
					if ctx.Err() == nil {
						wantReason(t, "a key of nobody", err, verify.ErrUnknownKey)
					}
				}
			})
		}
		// Who has a known key waits for none of that.
		for range 50 {
			time.Sleep(100 * time.Millisecond) //nolint:forbidigo // the bubble's clock
			if took := accepted(t, v, token); took != 0 {
				t.Errorf("a known key took %v", took)
			}
		}
		// And who has a key of this moment waits for the next fetch, however many others there are.
		for range 4 {
			if took := accepted(t, v, signed(t, a.rotate(t), forLong())); took > 1100*time.Millisecond {
				t.Errorf("a key of this moment took %v", took)
			}
		}
		attackers.Wait()
		// The last fetch is for those who have gone.
		time.Sleep(2 * time.Second) //nolint:forbidigo // the bubble's clock
		if most := int(time.Since(began)/time.Second) + 1; a.fetched() > most {
			t.Errorf("%d fetches in %v", a.fetched(), time.Since(began))
		}
		for i := 1; i < len(a.fetches); i++ {
			if between := a.fetches[i].Sub(a.fetches[i-1]); between < time.Second {
				t.Errorf("two fetches within %v", between)
			}
		}
	})
}

// The fetch that is under way when a token comes in may have been answered before its key was made.
func TestAKeyMadeDuringAFetchIsFoundByTheNextOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAuthority(t)
		a.slow = 3 * time.Second
		v, first := a.verifier(t), a.sign(t, forLong())
		var callers sync.WaitGroup
		callers.Go(func() { accepted(t, v, first) })
		synctest.Wait()
		fresh := signed(t, a.rotate(t), forLong())
		callers.Go(func() { accepted(t, v, fresh) })
		callers.Wait()
		wantFetches(t, a, 2)
		a.slow = time.Second
		time.Sleep(time.Hour) //nolint:forbidigo // the bubble's clock
		// Expired keys are fetched once, even when what they are fetched for is not among the old ones.
		accepted(t, v, signed(t, a.rotate(t), forLong()))
		wantFetches(t, a, 3)
	})
}

func TestKnownKeysOutliveAServerThatIsNotReached(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func() (*http.Response, error){
		"down":    down,
		"500":     func() (*http.Response, error) { return reply(http.StatusInternalServerError, "{}"), nil },
		"a page":  func() (*http.Response, error) { return reply(http.StatusOK, "<html>"), nil },
		"no keys": func() (*http.Response, error) { return reply(http.StatusOK, `{"keys":[]}`), nil },
		"moved": func() (*http.Response, error) {
			moved := reply(http.StatusFound, "")
			return moved, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := newAuthority(t)
				v, token := a.verifier(t), a.sign(t, forLong())
				accepted(t, v, token)
				a.answers(answer)
				for range 23 {
					time.Sleep(time.Hour) //nolint:forbidigo // the bubble's clock
					accepted(t, v, token)
				}
				stranger := must(vault.NewSigningKey(rand.Reader))(t)
				_, err := v.Verify(t.Context(), signed(t, stranger, forLong()))
				wantReason(t, "a key that nobody can look up", err, verify.ErrUnavailable)
				time.Sleep(time.Hour) //nolint:forbidigo // the bubble's clock
				_, err = v.Verify(t.Context(), token)
				wantReason(t, "after a day", err, verify.ErrUnavailable)
				a.answers(nil)
				time.Sleep(2 * time.Second) //nolint:forbidigo // the bubble's clock
				accepted(t, v, token)
			})
		})
	}
}

func TestAServerThatHangsHoldsUpOnlyTheFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAuthority(t)
		v, token := a.verifier(t), a.sign(t, forLong())
		accepted(t, v, token)
		a.slow = time.Hour
		time.Sleep(10 * time.Minute) //nolint:forbidigo // the bubble's clock
		if took := accepted(t, v, token); took != 5*time.Second {
			t.Errorf("the first one took %v, want the time limit of a fetch", took)
		}
		for range 100 {
			time.Sleep(100 * time.Millisecond) //nolint:forbidigo // the bubble's clock
			if took := accepted(t, v, token); took != 0 {
				t.Errorf("a later one took %v", took)
			}
		}
		stranger := must(vault.NewSigningKey(rand.Reader))(t)
		began := time.Now()
		_, err := v.Verify(t.Context(), signed(t, stranger, forLong()))
		wantReason(t, "a key that cannot be looked up", err, verify.ErrUnavailable)
		if took := time.Since(began); took > 11*time.Second {
			t.Errorf("that took %v", took)
		}
	})
}

func TestNobodyWaitsLongerThanTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAuthority(t)
		a.slow = time.Hour
		v := a.verifier(t)
		for _, limit := range []time.Duration{0, time.Second} {
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			began := time.Now()
			_, err := v.Verify(ctx, a.sign(t, saying(nil)))
			wantReason(t, limit.String(), err, verify.ErrUnavailable)
			if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != limit {
				t.Errorf("%v after %v", err, time.Since(began))
			}
			cancel()
		}
		// A caller who has gone takes nothing from the others.
		synctest.Wait()
		a.slow = 0
		time.Sleep(10 * time.Second) //nolint:forbidigo // the bubble's clock
		accepted(t, v, a.sign(t, saying(nil)))
	})
}

func TestARedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	keys := must(vault.PublicKeys(a.keys))(t)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(keys) }))
	defer elsewhere.Close()
	moved := httptest.NewServer(http.RedirectHandler(elsewhere.URL+"/keys.json", http.StatusFound))
	defer moved.Close()
	for server, want := range map[string]error{elsewhere.URL: nil, moved.URL: verify.ErrUnavailable} {
		v := must(verify.New(server, verify.WithAnyApp(), verify.WithIssuer(issuer)))(t)
		_, err := v.Verify(t.Context(), a.sign(t, saying(nil)))
		wantReason(t, "redirected", err, want)
	}
}
