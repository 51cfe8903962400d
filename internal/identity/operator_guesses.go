package identity

import (
	"sync"
	"time"
)

// The rules for wrong codes behind a right password. An operator's first five are free; from then on each
// makes all others wait, for twice as long as the one before, from ten seconds to five minutes.
//
// Only somebody who knows the password can make an operator wait, whatever address they come from. The wait is
// short because the operator may be another one than who guesses: sessions that are open go on, and a change
// of the password ends the guessing.
const (
	freeCodeGuesses  = 5
	firstCodeWait    = 10 * time.Second
	longestCodeWait  = 5 * time.Minute
	codesForgottenIn = time.Hour
)

// TooManyCodesError says that the password was right, and that no code is listened to for now. It is an
// ErrWrongSignIn too. That it gives the password away is the price of telling the operator what to do: who
// sees it has made five guesses behind that password already.
type TooManyCodesError struct {
	// Wait is for how long.
	Wait time.Duration
}

func (*TooManyCodesError) Error() string { return "too many wrong codes" }

func (*TooManyCodesError) Unwrap() error { return ErrWrongSignIn }

// codeGuesses counts the codes that were tried behind a right password, of each operator. There are no more
// than there were operators since the server started: nobody else gets that far.
type codeGuesses struct {
	mu sync.Mutex
	by map[int64]codeGuess
}

type codeGuess struct {
	count int
	// at is when the last one was made, and open when the next one is listened to.
	at, open time.Time
}

// take counts a code that is about to be proved, or says how long none is listened to. It is counted before,
// so that many at once are not one.
func (g *codeGuesses) take(operator int64, now time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	guess := g.by[operator]
	// A clock that was set back must not keep anybody out.
	if wait := guess.open.Sub(now); wait > 0 && wait <= longestCodeWait {
		return &TooManyCodesError{wait}
	}
	if now.Sub(guess.at) >= codesForgottenIn {
		guess = codeGuess{}
	}
	guess.count++
	guess.at = now
	if beyond := guess.count - freeCodeGuesses; beyond >= 0 {
		guess.open = now.Add(min(firstCodeWait<<min(beyond, 10), longestCodeWait))
	}
	g.by[operator] = guess
	return nil
}

// forget is for a code that was right.
func (g *codeGuesses) forget(operator int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.by, operator)
}
