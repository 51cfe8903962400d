package userfile

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/ijson"
)

// The bounds of what is held in memory. A user with every field as large as it may be, written with
// escapes only, has about 200 KB.
const (
	longestLine = 1 << 20
	// LargestBatch is how many lines are imported in one transaction at most.
	LargestBatch  = 1000
	batchMaxBytes = 4 << 20
)

// Line is one line that is not empty: a user, or what is wrong with it.
type Line struct {
	Number  int
	User    identity.ImportedUser
	Problem string
}

// Reader reads users, one from each line. Make one with NewReader.
type Reader struct {
	in     *bufio.Reader
	number int
	read   int64
}

// NewReader reads from in, of which it holds a few megabytes at most.
func NewReader(in io.Reader) *Reader {
	return &Reader{in: bufio.NewReaderSize(in, longestLine)}
}

// BytesRead is how many bytes have been read.
func (r *Reader) BytesRead() int64 { return r.read }

// Batch gives the next lines, and io.EOF with the last ones. Any other error is that of what is read.
func (r *Reader) Batch() ([]Line, error) {
	batch := make([]Line, 0, LargestBatch)
	end := r.read + batchMaxBytes
	for len(batch) < LargestBatch && r.read < end {
		text, tooLong, err := r.line()
		text = bytes.TrimSpace(text)
		switch {
		case tooLong:
			batch = append(batch, Line{Number: r.number, Problem: fmt.Sprintf("The line is longer than %d KB.", longestLine>>10)})
		case len(text) > 0:
			line := Line{Number: r.number}
			line.User, line.Problem = parseUser(text)
			batch = append(batch, line)
		}
		if err != nil {
			return batch, err
		}
	}
	return batch, nil
}

// line gives the next line, which is good until the next call. Of one that is too long nothing is left.
func (r *Reader) line() (text []byte, tooLong bool, err error) {
	r.number++
	text, err = r.in.ReadSlice('\n')
	r.read += int64(len(text))
	for errors.Is(err, bufio.ErrBufferFull) {
		tooLong = true
		text, err = r.in.ReadSlice('\n')
		r.read += int64(len(text))
	}
	if r.number == 1 {
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
