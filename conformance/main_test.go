package conformance_test

import (
	"os"
	"testing"

	"github.com/usherhq/usher/conformance"
)

func TestMain(m *testing.M) { os.Exit(conformance.Main(m)) }

// Every scenario speaks of these.
type (
	T      = conformance.T
	Stage  = conformance.Stage
	Client = conformance.Client
	Params = conformance.Params
	Does   = conformance.Does
)

// prove runs the scenario of a requirement with every SDK. TestEveryRequirementHasAScenario looks for
// calls of it.
func prove(t *testing.T, id string, scenario func(t *T, s *Stage)) {
	t.Helper()
	conformance.Prove(t, id, scenario)
}

// What the SDKs themselves say.
const (
	notInitialized  = "ERROR_SDK_NOT_INITIALIZED"
	invalidSettings = "ERROR_INVALID_SETTINGS"
	invalidUID      = "ERROR_INVALID_UID"
	uidWithSpace    = "ERROR_UID_WITH_SPACE"
	keyNotFound     = "ERROR_API_KEY_NOT_FOUND"
	blankToken      = "ERROR_BLANK_AUTHTOKEN"
	tokenWithSpace  = "ERROR_AUTHTOKEN_WITH_SPACE"
	loginInProgress = "ERROR_LOGIN_IN_PROGRESS"
	loginDiscarded  = "ERROR_LOGIN_DISCARDED"
	nobodyIn        = "ERROR_NO_USER_LOGGED_IN"
	notReached      = "ERROR_IO_EXCEPTION"
	unusable        = "ERROR_JSON_EXCEPTION"
	storageFailed   = "ERROR_STORAGE"
	verdict         = "AUTH_ERR_AUTH_TOKEN_NOT_FOUND"
)

// The requests.
const (
	issue    = "POST /users/{uid}/auth_tokens"
	signIn   = "PUT /me"
	signOut  = "DELETE /me"
	check    = "GET /me"
	wrongKey = "0000000000000000000000000000000000000000"
)
