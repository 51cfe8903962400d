package control

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/userfile"
)

// Desk does the work on the data that a service has open.
type Desk struct{ Service *identity.Service }

// caller is who the event log names.
var caller = identity.Caller{Operator: "cli"}

// ImportOptions say which users an import takes.
type ImportOptions struct {
	// AppID is the app's; it may be empty where there is one app only.
	AppID string
	// SkipExisting and CreateRoles are those of [userfile.Import].
	SkipExisting, CreateRoles bool
	// MostProblems is how many refusals are kept word for word.
	MostProblems int
}

// ImportUsers adds the users of a file to an app. When it fails, what was imported until then stays, and the
// report tells of it.
func (d Desk) ImportUsers(ctx context.Context, in io.Reader, options ImportOptions) (userfile.Report, error) {
	app, err := d.findApp(ctx, options.AppID)
	if err != nil {
		return userfile.Report{}, err
	}
	work := &userfile.Import{
		Service: d.Service, Caller: callerIn(app),
		SkipExisting: options.SkipExisting, CreateRoles: options.CreateRoles, MostProblems: options.MostProblems,
	}
	err = work.Run(ctx, in)
	return work.Report, err
}

// ExportUsers writes all users of an app, as they were at one moment, and gives how many they are. The id may
// be empty where there is one app only. It tells progress how many of about how many it has written so far.
func (d Desk) ExportUsers(ctx context.Context, appID string, out io.Writer, progress func(users, all int)) (users int, err error) {
	app, err := d.findApp(ctx, appID)
	if err != nil {
		return 0, err
	}
	whole := identity.UserFilter{Page: identity.Page{Number: 1, Size: 1}, Activity: identity.AnyActivity}
	_, all, err := d.Service.ListUsers(ctx, callerIn(app), whole)
	if err != nil {
		return 0, err
	}
	progress(0, all)
	return userfile.Export(ctx, d.Service, callerIn(app), out, func(users int) { progress(users, all) })
}

// ListOperators gives the console's operators by name.
func (d Desk) ListOperators(ctx context.Context) ([]identity.Operator, error) {
	return d.Service.ListOperators(ctx)
}

// InviteOperator invites somebody to become an operator with a name and a role.
func (d Desk) InviteOperator(ctx context.Context, name string, role identity.OperatorRole) (identity.Invitation, error) {
	invitation, err := d.Service.InviteOperatorNamed(ctx, caller, name, role)
	return invitation, inWords(err)
}

// ResetOperator invites an operator to set another password, which takes the authenticator away as well.
func (d Desk) ResetOperator(ctx context.Context, name string) (identity.Invitation, error) {
	invitation, err := d.Service.ResetOperator(ctx, caller, name)
	return invitation, inWords(err)
}

// RemoveOperator removes an operator, who is signed out at once. The last owner stays.
func (d Desk) RemoveOperator(ctx context.Context, name string) error {
	return inWords(d.Service.RemoveOperator(ctx, caller, name))
}

func callerIn(app identity.App) identity.Caller {
	in := caller
	in.App = app
	return in
}

// findApp finds an app by its id, or the only one there is.
func (d Desk) findApp(ctx context.Context, id string) (identity.App, error) {
	if id != "" {
		app, err := d.Service.FindApp(ctx, id)
		if fault.CodeOf(err) == fault.CodeInvalidAppID {
			return app, fmt.Errorf("the database has no app %s", id)
		}
		return app, err
	}
	const named = 10
	apps, total, err := d.Service.ListApps(ctx, identity.AppFilter{Page: identity.Page{Number: 1, Size: named}})
	switch {
	case err != nil:
		return identity.App{}, err
	case total == 0:
		return identity.App{}, errors.New("the database has no app yet: usher serve makes the first one")
	case total == 1:
		return apps[0], nil
	}
	ids := make([]string, len(apps))
	for i, app := range apps {
		ids[i] = string(app.ID)
	}
	list := strings.Join(ids, ", ")
	if total > named {
		list += ", …"
	}
	return identity.App{}, fmt.Errorf("the database has %d apps: choose one with --app-id (%s)", total, list)
}

// inWords says for a person what was wrong with the name or the role of an operator.
func inWords(err error) error {
	failure, ok := errors.AsType[*fault.Error](err)
	if !ok || len(failure.Details) == 0 {
		return err
	}
	var reasons []string
	for _, field := range []string{"name", "role"} {
		reasons = append(reasons, failure.Details[field]...)
	}
	return errors.New(strings.Join(reasons, " "))
}
