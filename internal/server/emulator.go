package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/usherhq/usher/internal/emulator"
	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

// development is what a server has for tests in development mode.
type development struct {
	clock emulator.Clock
	seed  *emulator.Document
	*emulator.Emulator
}

// prepareDevelopment reads the seed and makes the clock that can be moved; nil where it is not for
// development.
func (c Config) prepareDevelopment() (*development, error) {
	if !c.Dev {
		return nil, nil //nolint:nilnil // there is none, and nothing is wrong with that
	}
	d := &development{}
	if c.Seed == "" {
		return d, nil
	}
	file, err := os.Open(c.Seed)
	if err != nil {
		return nil, fmt.Errorf("--seed: %w", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, emulator.MaxSeedBytes+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("--seed: %w", err)
	case len(text) > emulator.MaxSeedBytes:
		return nil, fmt.Errorf("--seed %s: the document is larger than %d MB", c.Seed, emulator.MaxSeedBytes>>20)
	}
	if d.seed, err = emulator.ReadDocument(text); err != nil {
		return nil, c.seedFailure(err)
	}
	return d, nil
}

// startDevelopment puts the controls before a server's rooms, and loads the seed.
func (s *Server) startDevelopment(ctx context.Context, service *identity.Service, rooms http.Handler, log *slog.Logger) (http.Handler, error) {
	d := s.development
	d.Emulator = emulator.New(service, &d.clock, s.gateway, emulator.Config{
		App: s.config.firstApp(), Seed: d.seed, Retention: s.config.EventRetention, Log: log,
	})
	if d.seed != nil {
		if err := d.Start(ctx); err != nil {
			return nil, s.config.seedFailure(err)
		}
	}
	return d.Around(rooms), nil
}

// seedFailure says where in the seed what is wrong.
func (c Config) seedFailure(err error) error {
	failure, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return fmt.Errorf("--seed %s: %w", c.Seed, err)
	}
	var reasons []string
	for _, place := range slices.Sorted(maps.Keys(failure.Details)) {
		reasons = append(reasons, place+": "+strings.Join(failure.Details[place], " "))
	}
	return fmt.Errorf("--seed %s: %s", c.Seed, strings.Join(reasons, " "))
}
