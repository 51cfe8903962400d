package usher

import "encoding/json"

// User is a person of an app. Times are Unix seconds, 0 when the server did not give one.
type User struct {
	// UID is the user's id: 1 to 100 letters, digits, - and _. The server keeps it in lower case.
	UID string `json:"uid"`
	// Name is the display name, at most 100 characters.
	Name string `json:"name"`
	// Avatar and Link are URLs of at most 3000 characters, or empty.
	Avatar string `json:"avatar,omitempty"`
	Link   string `json:"link,omitempty"`
	// Role is the id of the user's role; "default" unless another was given.
	Role string `json:"role,omitempty"`
	// Metadata is the app's own JSON object, at most 5 KB, or nil.
	Metadata json.RawMessage `json:"metadata,omitempty"`
	// Tags are at most 25 words of at most 100 characters each.
	Tags []string `json:"tags,omitempty"`
	// Status says whether the user was connected when the server answered. It does not follow later
	// changes.
	Status Status `json:"status,omitempty"`
	// StatusMessage is the user's own text, whatever the status.
	StatusMessage string `json:"statusMessage,omitempty"`
	// LastActiveAt is the end of the last connection, 0 for a user who never had one.
	LastActiveAt int64 `json:"lastActiveAt,omitempty"`
	CreatedAt    int64 `json:"createdAt,omitempty"`
	UpdatedAt    int64 `json:"updatedAt,omitempty"`
	// DeactivatedAt is 0 for a user who may log in.
	DeactivatedAt int64 `json:"deactivatedAt,omitempty"`
	// BlockedByMe and HasBlockedMe say how this user and the one who asks stand to each other, where
	// somebody asks.
	BlockedByMe  bool `json:"blockedByMe,omitempty"`
	HasBlockedMe bool `json:"hasBlockedMe,omitempty"`
}

// Status says whether a user is connected. The type is open: a word that this version of the SDK
// does not know reaches you as the server sent it.
type Status string

// The known statuses.
const (
	StatusOnline  Status = "online"
	StatusOffline Status = "offline"
)

// UnmarshalText reads a status of an answer. REST says "available" where every SDK says "online".
func (s *Status) UnmarshalText(text []byte) error {
	*s = Status(text)
	if *s == "available" {
		*s = StatusOnline
	}
	return nil
}
