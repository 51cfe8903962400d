package emulator

import (
	"context"
)

func (e *Emulator) reset(c *call) (any, error) {
	e.turn.Lock()
	defer e.turn.Unlock()
	e.faults.clear()
	moved := e.clock.offset() != 0
	e.clock.move(0)
	if err := e.load(c.Context(), e.start()); err != nil {
		return nil, err
	}
	if moved {
		if err := e.service.KeepSigningKeys(c.Context()); err != nil {
			return nil, err
		}
	}
	return done("Everything is as it was after the start."), nil
}

// Start loads what a reset goes back to.
func (e *Emulator) Start(ctx context.Context) error { return e.load(ctx, e.start()) }

func (e *Emulator) start() *Document {
	if e.config.Seed != nil {
		return e.config.Seed
	}
	return &Document{}
}

// load replaces all data by a document's, and ends the sockets of those who were logged in.
func (e *Emulator) load(ctx context.Context, document *Document) error {
	fixture, err := e.fixture(document)
	if err != nil {
		return err
	}
	if err := e.service.LoadFixture(ctx, fixture); err != nil {
		return misfit(err)
	}
	e.sockets.Recheck(ctx)
	return nil
}
