package userfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

// Import is an import under way, with what became of its lines so far. A line that is wrong adds nothing, and
// the others are imported all the same.
type Import struct {
	Service *identity.Service
	Caller  identity.Caller
	// SkipExisting passes over users whose uid is there already, instead of refusing them.
	SkipExisting bool
	// CreateRoles makes roles that do not exist, instead of refusing their users.
	CreateRoles bool
	// MostProblems is how many refusals are kept word for word.
	MostProblems int
	// Progress hears, after each batch, how many bytes have been read; its error ends the import. It may
	// be nil.
	Progress func(read int64) error

	Report

	// roles is those that are known to exist.
	roles map[string]bool
}

// Report is how many users came in, were there already, or were refused, and the first reasons for that, each
// with its line.
type Report struct {
	Imported, Skipped, Refused int
	Problems                   []string
}

// Lines is how many lines that are not empty have been read.
func (r Report) Lines() int { return r.Imported + r.Skipped + r.Refused }

// Run imports what can be imported. When it fails, what was imported until then stays.
func (i *Import) Run(ctx context.Context, in io.Reader) error {
	i.roles = map[string]bool{}
	lines := NewReader(in)
	for {
		batch, failure := lines.Batch()
		if err := i.add(ctx, batch); err != nil {
			return err
		}
		if i.Progress != nil {
			if err := i.Progress(lines.BytesRead()); err != nil {
				return err
			}
		}
		if errors.Is(failure, io.EOF) {
			return nil
		}
		if failure != nil {
			return fmt.Errorf("read the users: %w", failure)
		}
	}
}

// add imports a batch and takes down what became of each line.
func (i *Import) add(ctx context.Context, batch []Line) error {
	var users []identity.ImportedUser
	refusals := make([]*fault.Error, len(batch))
	for n, line := range batch {
		if line.Problem == "" && i.CreateRoles {
			var err error
			if refusals[n], err = i.createRole(ctx, line.User); err != nil {
				return err
			}
		}
		if line.Problem == "" && refusals[n] == nil {
			users = append(users, line.User)
		}
	}
	outcomes, err := i.Service.ImportUsers(ctx, i.Caller, users)
	if err != nil {
		return err
	}
	for n, line := range batch {
		if line.Problem == "" {
			refused := refusals[n]
			if refused == nil {
				refused = outcomes[0].Refused
				outcomes = outcomes[1:]
			}
			switch {
			case refused == nil:
				i.Imported++
				continue
			case refused.Code == fault.CodeUIDTaken && i.SkipExisting:
				i.Skipped++
				continue
			}
			line.Problem = reasons(refused)
		}
		i.Refused++
		if len(i.Problems) < i.MostProblems {
			i.Problems = append(i.Problems, fmt.Sprintf("line %d: %s", line.Number, line.Problem))
		}
	}
	return nil
}

// createRole makes the role of a user when there is none, or says why the user is refused: the role can't
// be, or the user can't, who must not leave a role behind.
func (i *Import) createRole(ctx context.Context, user identity.ImportedUser) (*fault.Error, error) {
	id := user.Role
	if id == "" || i.roles[id] {
		return nil, nil
	}
	_, err := i.Service.GetRole(ctx, i.Caller, id)
	if fault.CodeOf(err) == fault.CodeUnknownRole {
		if err = i.Service.CheckImport(ctx, i.Caller, user); err == nil {
			_, err = i.Service.CreateRole(ctx, i.Caller, id, identity.RoleChange{Name: &id})
		}
	}
	refused, isRefused := errors.AsType[*fault.Error](err)
	switch {
	case err == nil, isRefused && refused.Code == fault.CodeRoleTaken:
		i.roles[id] = true
		return nil, nil
	case isRefused && refused.Code.Status() < 500:
		return refused, nil
	}
	return nil, err
}

// reasons tells a refusal to a person, on one line.
func reasons(refused *fault.Error) string {
	if len(refused.Details) == 0 {
		return refused.Message
	}
	var all []string
	for _, field := range slices.Sorted(maps.Keys(refused.Details)) {
		all = append(all, refused.Details[field]...)
	}
	return strings.Join(all, " ")
}
