package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/ijson"
	"github.com/usherhq/usher/internal/server"
)

type importCommand struct {
	Users importUsersCommand `cmd:"" help:"Add users from a file of JSON Lines to an app."`
}

type importUsersCommand struct {
	server.Data

	File         string `arg:"" help:"Where from; - for standard input."`
	SkipExisting bool   `env:"-" help:"Pass over users whose uid is there already, instead of reporting them."`
	CreateRoles  bool   `env:"-" help:"Make roles that do not exist, instead of refusing their users."`
}

// Help says what the file has to be like.
func (*importUsersCommand) Help() string {
	return `Each line is one user: a JSON object with the fields of the user object, as usher export users and
GET /users write them. Only uid and name are required. The times createdAt, updatedAt, lastActiveAt
and deactivatedAt are kept; they are unix seconds. What a viewer sees of a user, such as its status,
is passed over; a field that no user has is an error.

A line that is wrong adds nothing, and the others are imported all the same. The first problems are
reported with their lines, and the command then ends with status 1. After an interruption, run it again
with --skip-existing. A server that uses the same SQLite database must be stopped first.`
}

// Run imports what can be imported and fails when that was not all.
func (c *importUsersCommand) Run(ctx context.Context) (err error) {
	in := os.Stdin
	if c.File != "-" {
		if in, err = os.Open(c.File); err != nil {
			return err
		}
		defer in.Close()
	}
	data, err := c.Open(ctx, slog.New(slog.NewTextHandler(os.Stderr, nil)))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, data.Close()) }()
	shown := newProgress(os.Stderr)
	if info, err := in.Stat(); err == nil && info.Mode().IsRegular() {
		shown.whole = info.Size()
	}
	work := &userImport{data: data, skipExisting: c.SkipExisting, createRoles: c.CreateRoles, roles: map[string]bool{}, shown: shown}
	err = work.run(ctx, in)
	shown.end()
	work.report(os.Stderr)
	switch {
	case err != nil && ctx.Err() != nil:
		return errors.New("interrupted: what is imported stays; go on with --skip-existing")
	case err != nil:
		return err
	case work.failed > 0:
		return fmt.Errorf("%s could not be imported", countUsers(work.failed))
	}
	return nil
}

// userImport is an import under way, and its counts.
type userImport struct {
	data         *server.OpenData
	skipExisting bool
	createRoles  bool
	// roles is those that are known to exist.
	roles map[string]bool
	shown *progress

	imported, skipped, failed int
	problems                  []string
}

// mostProblems is how many are reported one by one.
const mostProblems = 10

func (u *userImport) run(ctx context.Context, in io.Reader) error {
	lines := newUserLines(in)
	for {
		batch, failure := lines.batch()
		if err := u.add(ctx, batch); err != nil {
			return err
		}
		u.shown.at(lines.read, u.imported+u.skipped+u.failed)
		if errors.Is(failure, io.EOF) {
			return nil
		}
		if failure != nil {
			return fmt.Errorf("read the users: %w", failure)
		}
	}
}

// add imports a batch and takes down what became of each line.
func (u *userImport) add(ctx context.Context, batch []userLine) error {
	var users []identity.ImportedUser
	for i := range batch {
		line := &batch[i]
		if line.problem == "" && u.createRoles {
			if err := u.createRole(ctx, line); err != nil {
				return err
			}
		}
		if line.problem == "" {
			users = append(users, line.user)
		}
	}
	outcomes, err := u.data.Service.ImportUsers(ctx, u.data.Caller, users)
	if err != nil {
		return err
	}
	for _, line := range batch {
		if line.problem == "" {
			refused := outcomes[0].Refused
			outcomes = outcomes[1:]
			switch {
			case refused == nil:
				u.imported++
				continue
			case refused.Code == fault.CodeUIDTaken && u.skipExisting:
				u.skipped++
				continue
			}
			line.problem = reasons(refused)
		}
		u.failed++
		if len(u.problems) < mostProblems {
			u.problems = append(u.problems, fmt.Sprintf("line %d: %s", line.number, line.problem))
		}
	}
	return nil
}

// createRole makes the role of a line's user when there is none. A role that can't be is the line's
// problem.
func (u *userImport) createRole(ctx context.Context, line *userLine) error {
	id := line.user.Role
	if id == "" || u.roles[id] {
		return nil
	}
	_, err := u.data.Service.GetRole(ctx, u.data.Caller, id)
	if fault.CodeOf(err) == fault.CodeUnknownRole {
		_, err = u.data.Service.CreateRole(ctx, u.data.Caller, id, identity.RoleChange{Name: &id})
	}
	refused, isRefused := errors.AsType[*fault.Error](err)
	switch {
	case err == nil, isRefused && refused.Code == fault.CodeRoleTaken:
		u.roles[id] = true
	case isRefused && refused.Code.Status() < 500:
		line.problem = reasons(refused)
	default:
		return err
	}
	return nil
}

func (u *userImport) report(out io.Writer) {
	var text strings.Builder
	fmt.Fprintf(&text, "Imported %s (%s)", countUsers(u.imported), u.shown.speed(u.imported))
	if u.skipped > 0 {
		fmt.Fprintf(&text, ", passed over %d that were there already", u.skipped)
	}
	if u.failed > 0 {
		fmt.Fprintf(&text, ", refused %d", u.failed)
	}
	text.WriteString(".\n")
	for _, problem := range u.problems {
		fmt.Fprintf(&text, "  %s\n", problem)
	}
	if more := u.failed - len(u.problems); more > 0 {
		fmt.Fprintf(&text, "  and %d more\n", more)
	}
	fmt.Fprint(out, text.String())
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

// The bounds of what is held in memory. A user with every field as large as it may be, written with
// escapes only, has about 200 KB.
const (
	longestLine   = 1 << 20
	largestBatch  = 1000
	batchMaxBytes = 4 << 20
)

// userLine is one line that is not empty: a user, or what is wrong with it.
type userLine struct {
	number  int
	user    identity.ImportedUser
	problem string
}

// userLines reads users, one from each line.
type userLines struct {
	in     *bufio.Reader
	number int
	// read is how many bytes have been read.
	read int64
}

func newUserLines(in io.Reader) *userLines {
	return &userLines{in: bufio.NewReaderSize(in, longestLine)}
}

// batch gives the next lines, and io.EOF with the last ones.
func (l *userLines) batch() ([]userLine, error) {
	batch := make([]userLine, 0, largestBatch)
	end := l.read + batchMaxBytes
	for len(batch) < largestBatch && l.read < end {
		text, tooLong, err := l.line()
		text = bytes.TrimSpace(text)
		switch {
		case tooLong:
			batch = append(batch, userLine{number: l.number, problem: fmt.Sprintf("The line is longer than %d KB.", longestLine>>10)})
		case len(text) > 0:
			line := userLine{number: l.number}
			line.user, line.problem = parseUser(text)
			batch = append(batch, line)
		}
		if err != nil {
			return batch, err
		}
	}
	return batch, nil
}

// line gives the next line, which is good until the next call. Of one that is too long nothing is left.
func (l *userLines) line() (text []byte, tooLong bool, err error) {
	l.number++
	text, err = l.in.ReadSlice('\n')
	l.read += int64(len(text))
	for errors.Is(err, bufio.ErrBufferFull) {
		tooLong = true
		text, err = l.in.ReadSlice('\n')
		l.read += int64(len(text))
	}
	if l.number == 1 {
		// The mark that some editors put before UTF-8.
		text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	}
	return text, tooLong, err
}

// importedLine is a user as it may be written.
type importedLine struct {
	profile

	CreatedAt     identity.GivenTime `json:"createdAt"`
	UpdatedAt     identity.GivenTime `json:"updatedAt"`
	LastActiveAt  identity.GivenTime `json:"lastActiveAt"`
	DeactivatedAt identity.GivenTime `json:"deactivatedAt"`

	// The user object has these besides. They are about its viewer and the moment, not about the user.
	Status         json.RawMessage `json:"status"`
	ConversationID json.RawMessage `json:"conversationId"`
	BlockedByMe    json.RawMessage `json:"blockedByMe"`
	BlockedByMeAt  json.RawMessage `json:"blockedByMeAt"`
	BlockedAt      json.RawMessage `json:"blockedAt"`
	HasBlockedMe   json.RawMessage `json:"hasBlockedMe"`
}

// parseUser reads a line. Unlike a request, it may not have fields that nobody knows: a back end that
// sends more than it must is one thing, a file that loses a part of its users another.
func parseUser(text []byte) (user identity.ImportedUser, problem string) {
	if text[0] != '{' {
		return user, "The line is not a JSON object."
	}
	if err := ijson.CheckFields(text); err != nil && !errors.Is(err, ijson.ErrNotJSON) {
		return user, "The line can't be taken: " + err.Error() + "."
	}
	var line importedLine
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(&line)
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && wrong.Field != "" {
		return user, fmt.Sprintf("The %s may not be or hold a value of the type %s.", strings.TrimPrefix(wrong.Field, "profile."), beginning(wrong.Value))
	}
	if err == nil {
		if _, more := decoder.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("there is more than one value")
		}
	}
	if err != nil {
		return user, "The line is not the JSON object of a user: " + beginning(strings.TrimPrefix(err.Error(), "json: ")) + "."
	}
	if bytes.Equal(line.Metadata, []byte("null")) {
		line.Metadata = nil
	}
	return identity.ImportedUser{
		NewUser: identity.NewUser{
			UID: line.UID, Name: line.Name, Avatar: line.Avatar, Link: line.Link, Role: line.Role,
			StatusMessage: line.StatusMessage, Metadata: line.Metadata, Tags: line.Tags,
		},
		CreatedAt: line.CreatedAt, UpdatedAt: line.UpdatedAt, LastActiveAt: line.LastActiveAt, DeactivatedAt: line.DeactivatedAt,
	}, ""
}

// beginning keeps what a line holds from filling the report.
func beginning(text string) string {
	const most = 100
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
