package emulator

import (
	"errors"
	"fmt"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

// MaxSeedBytes is how large a document may be: some 50,000 users.
const MaxSeedBytes = 16 << 20

func (e *Emulator) seed(c *call) (any, error) {
	text, err := c.read(MaxSeedBytes)
	if err != nil {
		return nil, err
	}
	document, err := ReadDocument(text)
	if err != nil {
		return nil, err
	}
	e.turn.Lock()
	defer e.turn.Unlock()
	if err := e.load(c.Context(), document); err != nil {
		return nil, err
	}
	return done("The data is what the document says."), nil
}

// fixture makes of a document what can be loaded now: the app of a fresh start with what the document
// says of it, and the document's other apps.
func (e *Emulator) fixture(document *Document) (identity.Fixture, error) {
	first, err := e.service.FirstFixture(e.config.App)
	if err != nil {
		return identity.Fixture{}, err
	}
	now := e.service.Now()
	found := problems{}
	fixture := identity.Fixture{Apps: []identity.FixtureApp{found.app("", first, document.contents, now)}}
	for i, app := range document.apps {
		fresh := identity.FixtureApp{App: identity.App{
			ID: identity.AppID(app.ID), Region: e.config.App.Region,
			LogoutRevokes: identity.LogoutRevokesSDK, AuthOnlyAccess: identity.AuthOnlyFull,
		}}
		fixture.Apps = append(fixture.Apps, found.app(appPlace(i+1), fresh, app.contents, now))
	}
	return fixture, found.asError()
}

// appPlace is where a fixture's app stands in the document.
func appPlace(app int) string {
	if app == 0 {
		return ""
	}
	return fmt.Sprintf("apps[%d]", app-1)
}

// misfit says in the document's words which part of it breaks a rule.
func misfit(err error) error {
	found, ok := errors.AsType[*identity.FixtureError](err)
	if !ok {
		return err
	}
	place := below(appPlace(found.App), found.Part)
	answer := fault.BadRequest().Because(err)
	answer.Details = map[string][]string{}
	for field, reasons := range found.Cause.Details {
		answer.Details[below(place, field)] = reasons
	}
	if len(answer.Details) == 0 {
		answer.Details[place] = []string{found.Cause.Message}
	}
	return answer
}
