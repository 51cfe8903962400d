package session_test

import (
	"testing"

	"go.uber.org/goleak"
)

// A client leaves nothing running behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
