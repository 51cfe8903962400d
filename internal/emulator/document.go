package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/ijson"
)

// Document is what is seeded and exported: the data of the app of a fresh start, and of other apps.
// Make one with ReadDocument; the zero value says nothing.
type Document struct {
	contents

	apps []otherApp
}

// contents is an app in a document. What is nil is not said.
type contents struct {
	settings

	keys  []keyText
	roles []roleText
	users []userText
}

type otherApp struct {
	contents

	ID string
}

// settings is an app as the document writes it, but for its lists. Times are unix seconds everywhere.
type settings struct {
	Name                string                  `json:"name,omitempty"`
	Region              string                  `json:"region,omitempty"`
	LogoutRevokes       identity.LogoutRevokes  `json:"logoutRevokes,omitempty"`
	AuthOnlyAccess      identity.AuthOnlyAccess `json:"authOnlyAccess,omitempty"`
	AuthTokenLifetime   int64                   `json:"authTokenLifetime,omitempty"`
	BindTokensToDevice  bool                    `json:"bindTokensToDevice,omitempty"`
	CreatedAt           int64                   `json:"createdAt,omitempty"`
	UpdatedAt           int64                   `json:"updatedAt,omitempty"`
	ScheduledToDeleteAt int64                   `json:"scheduledToDeleteAt,omitempty"`
}

type keyText struct {
	APIKey     string         `json:"apiKey"`
	Name       string         `json:"name,omitempty"`
	Scope      identity.Scope `json:"scope,omitempty"`
	CreatedBy  string         `json:"createdBy,omitempty"`
	CreatedAt  int64          `json:"createdAt,omitempty"`
	LastUsedAt int64          `json:"lastUsedAt,omitempty"`
	Disabled   bool           `json:"disabled,omitempty"`
}

type roleText struct {
	Role               string                 `json:"role"`
	Name               string                 `json:"name"`
	Description        string                 `json:"description,omitempty"`
	Metadata           json.RawMessage        `json:"metadata,omitempty"`
	Settings           *identity.RoleSettings `json:"settings,omitempty"`
	RestrictedFeatures []string               `json:"restrictedFeatures,omitempty"`
	CreatedAt          int64                  `json:"createdAt,omitempty"`
	UpdatedAt          int64                  `json:"updatedAt,omitempty"`
}

// userText has its lists apart: tokens and blocks are read one by one, to know the place of what is wrong.
type userText struct {
	userFields

	tokens []tokenText
	blocks []blockText
}

type userFields struct {
	UID           string          `json:"uid"`
	Name          string          `json:"name"`
	Avatar        string          `json:"avatar,omitempty"`
	Link          string          `json:"link,omitempty"`
	Role          string          `json:"role,omitempty"`
	StatusMessage string          `json:"statusMessage,omitempty"`
	Metadata      json.RawMessage `json:"metadata,omitempty"`
	Tags          []string        `json:"tags,omitempty"`
	CreatedAt     int64           `json:"createdAt,omitempty"`
	UpdatedAt     int64           `json:"updatedAt,omitempty"`
	LastActiveAt  int64           `json:"lastActiveAt,omitempty"`
	DeactivatedAt int64           `json:"deactivatedAt,omitempty"`
}

type tokenText struct {
	AuthToken string `json:"authToken"`
	// APIKey is the one of the app's keys that issued the token.
	APIKey    string          `json:"apiKey,omitempty"`
	MintedBy  identity.Scope  `json:"mintedBy,omitempty"`
	Platform  string          `json:"platform,omitempty"`
	DeviceID  string          `json:"deviceId,omitempty"`
	UserAgent string          `json:"userAgent,omitempty"`
	AppInfo   json.RawMessage `json:"appInfo,omitempty"`
	CreatedAt int64           `json:"createdAt,omitempty"`
	ExpiresAt int64           `json:"expiresAt,omitempty"`
	// ExpiresIn is counted in seconds from when the document is loaded.
	ExpiresIn int64 `json:"expiresIn,omitempty"`
}

type blockText struct {
	UID       string `json:"uid"`
	BlockedAt int64  `json:"blockedAt,omitempty"`
}

// The lists of an app and of a user, as they are written.
type (
	listsOfApp struct {
		APIKeys *[]json.RawMessage `json:"apiKeys,omitempty"`
		Roles   *[]json.RawMessage `json:"roles,omitempty"`
		Users   *[]json.RawMessage `json:"users,omitempty"`
	}
	listsOfUser struct {
		AuthTokens *[]json.RawMessage `json:"authTokens,omitempty"`
		Blocks     *[]json.RawMessage `json:"blocks,omitempty"`
	}
)

// ReadDocument reads a document, bare or as the export answers it: in an object's data. It fails with a
// fault whose details name places in the document, such as users[2].name.
func ReadDocument(text []byte) (*Document, error) {
	var answer struct {
		Data json.RawMessage `json:"data"`
	}
	if decodeStrictly("", text, &answer) == nil && len(answer.Data) > 0 {
		text = answer.Data
	}
	var written struct {
		settings
		listsOfApp

		Apps []json.RawMessage `json:"apps"`
	}
	if err := decodeStrictly("", text, &written); err != nil {
		return nil, err
	}
	document := &Document{}
	var err error
	if document.contents, err = readContents("", written.settings, written.listsOfApp); err != nil {
		return nil, err
	}
	for i, text := range written.Apps {
		place := appPlace(i + 1)
		var one struct {
			settings
			listsOfApp

			ID string `json:"id"`
		}
		if err := decodeStrictly(place, text, &one); err != nil {
			return nil, err
		}
		read, err := readContents(place, one.settings, one.listsOfApp)
		if err != nil {
			return nil, err
		}
		document.apps = append(document.apps, otherApp{read, one.ID})
	}
	return document, nil
}

// NamesKeys says whether the document has keys in place of those of a fresh start.
func (d *Document) NamesKeys() bool { return d.keys != nil }

// NamesUsers says whether the document has users in place of the sample users.
func (d *Document) NamesUsers() bool { return d.users != nil }

func readContents(place string, said settings, lists listsOfApp) (read contents, err error) {
	read.settings = said
	if read.keys, err = readList(below(place, "apiKeys"), lists.APIKeys, decodeOne[keyText]); err != nil {
		return read, err
	}
	if read.roles, err = readList(below(place, "roles"), lists.Roles, decodeOne[roleText]); err != nil {
		return read, err
	}
	read.users, err = readList(below(place, "users"), lists.Users, readUser)
	return read, err
}

func readUser(place string, text []byte, user *userText) (err error) {
	var written struct {
		userFields
		listsOfUser
	}
	if err := decodeStrictly(place, text, &written); err != nil {
		return err
	}
	user.userFields = written.userFields
	if user.tokens, err = readList(below(place, "authTokens"), written.AuthTokens, decodeOne[tokenText]); err != nil {
		return err
	}
	user.blocks, err = readList(below(place, "blocks"), written.Blocks, decodeOne[blockText])
	return err
}

// readList gives nil for a list that is not there.
func readList[T any](place string, texts *[]json.RawMessage, read func(place string, text []byte, into *T) error) ([]T, error) {
	if texts == nil {
		return nil, nil
	}
	list := make([]T, len(*texts))
	for i, text := range *texts {
		if err := read(fmt.Sprintf("%s[%d]", place, i), text, &list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func decodeOne[T any](place string, text []byte, into *T) error {
	return decodeStrictly(place, text, into)
}

// decodeStrictly reads an object at a place of a document, and refuses what would be passed over: a
// field that into does not have is a slip.
func decodeStrictly(place string, text []byte, into any) error {
	whole := place
	if whole == "" {
		whole = "body"
	}
	if err := ijson.CheckFields(text); err != nil && !errors.Is(err, ijson.ErrNotJSON) {
		return invalid(whole, "This can't be taken: "+err.Error()+".")
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(into)
	if err == nil && decoder.More() {
		return invalid(whole, "There is more behind the JSON object.")
	}
	if err == nil && strings.TrimSpace(string(text)) != "null" {
		return nil
	}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && wrong.Field != "" {
		field := wrong.Field[strings.LastIndexByte(wrong.Field, '.')+1:]
		return invalid(below(place, field), "This may not be or hold a value of the type "+wrong.Value+".")
	}
	if wrong, ok := errors.AsType[*json.SyntaxError](err); ok {
		return invalid(whole, "This is no JSON: "+strings.TrimPrefix(wrong.Error(), "json: ")+", in line "+lineOf(text, wrong.Offset)+".")
	}
	// The library has no type for this failure.
	if field, unknown := strings.CutPrefix(fmt.Sprint(err), "json: unknown field "); unknown {
		return invalid(below(place, strings.Trim(field, `"`)), "There is no such field.")
	}
	return invalid(whole, "This must be a JSON object.")
}

func lineOf(text []byte, offset int64) string {
	return strconv.Itoa(1 + bytes.Count(text[:min(int(offset), len(text))], []byte("\n")))
}

// problems collects what is wrong with the times of a document.
type problems map[string][]string

func (p problems) asError() error {
	if len(p) == 0 {
		return nil
	}
	failure := fault.BadRequest()
	failure.Details = p
	return failure
}
