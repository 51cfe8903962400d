package server

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/usherhq/usher/internal/emulator"
	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

// announce prints what a person needs next.
func (s *Server) announce(out io.Writer) error {
	url := s.publicURL()
	var text strings.Builder
	fmt.Fprintf(&text, "\nUsher is ready at %s\n\n", url)
	table := tabwriter.NewWriter(&text, 0, 0, 3, ' ', 0)
	restKey, uid := "YOUR_REST_KEY", string(identity.SampleUIDs[0])
	ownKeys, ownUsers := s.seedNames()
	if s.setUp.App.ID != "" {
		fmt.Fprintf(table, "  App ID\t%s\n  Region\t%s\n", s.setUp.App.ID, s.setUp.App.Region)
	}
	if s.setUp.Created && !ownKeys {
		restKey = string(s.setUp.RESTKey)
		fmt.Fprintf(table, "  Auth Key\t%s\tlogin by uid; clients may see it, so for development only\n", string(s.setUp.AuthKey))
		fmt.Fprintf(table, "  REST Key\t%s\tfor your back end; never in a client\n", restKey)
	}
	switch {
	case ownUsers:
		uid = "YOUR_UID"
	case s.setUp.Created && !s.config.NoSampleUsers:
		fmt.Fprintf(table, "  Users\t%s … %s\n", identity.SampleUIDs[0], identity.SampleUIDs[len(identity.SampleUIDs)-1])
	}
	if s.config.Seed != "" {
		fmt.Fprintf(table, "  Seed\t%s\n", s.config.Seed)
	}
	fmt.Fprintf(table, "  Data\t%s\n", s.dataPlace())
	if s.console != nil && s.invitation == "" {
		fmt.Fprintf(table, "  Console\t%s\n", s.ConsoleURL())
	}
	if s.config.Dev {
		fmt.Fprintf(table, "  Controls\t%s%s\treset, seed, export, clock and faults, for tests\n", s.URL(), emulator.Path)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	text.WriteString("\n" + s.advice())
	if s.invitation != "" {
		fmt.Fprintf(&text, "The console has no operator yet. This link makes the first one, an owner; it is good once, and for 24 hours:\n  %s\n\n", s.ConsoleURL())
	}
	if s.config.NoSampleUsers && !ownUsers {
		fmt.Fprintf(&text, "Try it: create a user with an auth token\n  curl%s %s/v3/users -H 'apikey: %s'%s -H 'content-type: application/json' -d '%s'\n\n",
			s.curlFlags(), url, restKey, s.curlAppHeader(), `{"uid":"ann","name":"Ann","withAuthToken":true}`)
	} else {
		fmt.Fprintf(&text, "Try it: issue an auth token\n  curl%s -X POST %s/v3/users/%s/auth_tokens -H 'apikey: %s'%s\n\n",
			s.curlFlags(), url, uid, restKey, s.curlAppHeader())
	}
	_, err := io.WriteString(out, text.String())
	return err
}

// publicURL is where people and clients are told to reach the server.
func (s *Server) publicURL() string {
	if s.config.PublicURL != "" {
		return strings.TrimSuffix(s.config.PublicURL, "/")
	}
	return s.URL()
}

// seedNames says what of the usual keys and users the seed replaces.
func (s *Server) seedNames() (keys, users bool) {
	if s.development == nil || s.development.seed == nil {
		return false, false
	}
	return s.development.seed.NamesKeys(), s.development.seed.NamesUsers()
}

// advice is what is worth knowing about this start in particular.
func (s *Server) advice() string {
	switch {
	case s.config.Dev:
		return "Development mode: everybody knows these keys, and the data is gone when the server stops.\n\n"
	case s.setUp.Created:
		return "The keys are shown this once: keep them.\n\n"
	case s.config.AuthKey != "" || s.config.RESTKey != "":
		return "The app was there already: --auth-key and --rest-key changed nothing.\n\n"
	}
	return ""
}

// dataPlace says where the data is, without a password.
func (s *Server) dataPlace() string {
	if path, isSQLite := strings.CutPrefix(s.config.Database, "sqlite:"); isSQLite {
		return path
	}
	return "PostgreSQL"
}

func (s *Server) curlFlags() string {
	if s.config.TLSSelfSigned {
		return " --insecure"
	}
	return ""
}

// curlAppHeader is needed where the server holds several apps.
func (s *Server) curlAppHeader() string {
	if s.setUp.App.ID == "" {
		return " -H 'appId: YOUR_APP_ID'"
	}
	return ""
}

// startFailure says in the flags' words what was wrong with them.
func startFailure(err error) error {
	if errors.Is(err, identity.ErrOtherApp) {
		return fmt.Errorf("--app-id: %w", err)
	}
	failure, ok := errors.AsType[*fault.Error](err)
	if !ok || len(failure.Details) == 0 {
		return fmt.Errorf("make the first app: %w", err)
	}
	var reasons []string
	for _, field := range slices.Sorted(maps.Keys(failure.Details)) {
		reasons = append(reasons, failure.Details[field]...)
	}
	return errors.New(strings.Join(reasons, " "))
}
