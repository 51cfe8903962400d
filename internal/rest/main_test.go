package rest_test

import (
	"os"
	"testing"

	"github.com/usherhq/usher/internal/rest"
	"github.com/usherhq/usher/internal/rest/specified"
)

// TestMain holds all requests and answers of the tests against spec/openapi.yaml.
func TestMain(m *testing.M) { os.Exit(specified.Main(m, rest.Endpoints)) }
