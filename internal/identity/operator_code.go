package identity

import (
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
)

// The codes of authenticators, as every one of them makes them (RFC 6238): six digits, new every 30
// seconds. Clocks may be one step apart.
const (
	codeStep   = 30 * time.Second
	codeLeeway = 1
)

// SecondFactor is the secret that an operator's authenticator makes its codes from.
type SecondFactor struct {
	Secret Secret
	// LastStep is the step of the last code that was used: that code, and those before it, are no good
	// any more.
	LastStep int64
}

// newSecondFactor makes a secret of 160 random bits, in base32 as authenticators take it.
func (s *Service) newSecondFactor() (Secret, error) {
	random, err := s.randomBytes(20)
	return Secret(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(random)), err
}

// stepOf gives the step of a code, if it is one of now that was not used yet.
func (f SecondFactor) stepOf(code string, now time.Time) (step int64, ok bool, err error) {
	current := now.Unix() / int64(codeStep/time.Second)
	for step := max(current-codeLeeway, f.LastStep+1); step <= current+codeLeeway; step++ {
		want, err := hotp.GenerateCodeCustom(string(f.Secret), uint64(step), hotp.ValidateOpts{ //nolint:gosec // the time is after 1970
			Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1,
		})
		if err != nil {
			return 0, false, fmt.Errorf("make a code: %w", err)
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return step, true, nil
		}
	}
	return 0, false, nil
}
