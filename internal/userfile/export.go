package userfile

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

// Export writes all users of the caller's app by uid, as they were at one moment, and says how many they are. It
// tells progress how many it has written so far.
func Export(ctx context.Context, service *identity.Service, caller identity.Caller, out io.Writer, progress func(users int)) (users int, err error) {
	buffered := bufio.NewWriterSize(out, 64<<10)
	lines := json.NewEncoder(buffered)
	// What is written is what was stored, not what is safe inside HTML.
	lines.SetEscapeHTML(false)
	for user, err := range service.AllUsers(ctx, caller) {
		if err != nil {
			return users, err
		}
		if err := lines.Encode(lineOf(user)); err != nil {
			return users, err
		}
		users++
		progress(users)
	}
	return users, buffered.Flush()
}

// profile is what a line says of a user besides times, in the words of the user object.
type profile struct {
	UID           string          `json:"uid"`
	Name          string          `json:"name"`
	Avatar        string          `json:"avatar,omitempty"`
	Link          string          `json:"link,omitempty"`
	Role          string          `json:"role,omitempty"`
	StatusMessage string          `json:"statusMessage,omitempty"`
	Metadata      json.RawMessage `json:"metadata,omitempty"`
	Tags          []string        `json:"tags,omitempty"`
}

// exportedLine is a user as it is written.
type exportedLine struct {
	profile

	CreatedAt     int64 `json:"createdAt"`
	UpdatedAt     int64 `json:"updatedAt,omitempty"`
	LastActiveAt  int64 `json:"lastActiveAt,omitempty"`
	DeactivatedAt int64 `json:"deactivatedAt,omitempty"`
}

func lineOf(user identity.User) exportedLine {
	return exportedLine{
		profile: profile{
			UID: string(user.UID), Name: user.Name, Avatar: user.Avatar, Link: user.Link, Role: user.Role,
			StatusMessage: user.StatusMessage, Metadata: user.Metadata, Tags: user.Tags,
		},
		CreatedAt: unix(user.CreatedAt), UpdatedAt: unix(user.UpdatedAt),
		LastActiveAt: unix(user.LastActiveAt), DeactivatedAt: unix(user.DeactivatedAt),
	}
}

func unix(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.Unix()
}
