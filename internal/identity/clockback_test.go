package identity_test

import (
	"testing"
	"time"
)

// A machine whose clock was wrong and is put right, or a test that moves a server's clock.
func TestAClockThatIsSetBackFindsAKeyThatSigns(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	session := h.signedIn(t)
	first := published(t, h.Service)[0]
	h.pass(31 * day)
	h.keep(t)
	h.pass(61*day + time.Hour)
	h.keep(t)
	for _, key := range published(t, h.Service) {
		if key == first {
			t.Fatal("the first key is still there, and could sign")
		}
	}
	h.pass(-92 * day)
	h.keep(t)
	if _, _, err := h.SessionOfJWT(t.Context(), h.jwt(t, session)); err != nil {
		t.Errorf("a JWT after the clock was set back: %v", err)
	}
	h.keep(t)
	h.pass(40 * day)
	h.keep(t)
	if _, _, err := h.SessionOfJWT(t.Context(), h.jwt(t, session)); err != nil {
		t.Errorf("a JWT when the times of the other keys have come: %v", err)
	}
}

func TestAJWTIsNotGivenAgainBeforeItWasSigned(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	session := h.signedIn(t)
	kept := func() string {
		text, err := h.IssueJWT(t.Context(), session, issuer, nil)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	h.pass(time.Hour)
	later := kept()
	wantEqual(t, "the JWT in the same hour", kept(), later)
	h.pass(-time.Hour)
	earlier := kept()
	if _, _, err := h.SessionOfJWT(t.Context(), earlier); err != nil {
		t.Errorf("a JWT after the clock was set back: %v", err)
	}
}
