package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
)

// usersCommand works on the users of an app.
type usersCommand struct {
	place

	List       listUsersCommand       `cmd:"" help:"List users."`
	Get        getUserCommand         `cmd:"" help:"Show a user."`
	Create     createUserCommand      `cmd:"" help:"Create a user."`
	Update     updateUserCommand      `cmd:"" help:"Change a user."`
	Deactivate deactivateUsersCommand `cmd:"" help:"Shut users out; their tokens stop working, and their uids stay taken."`
	Reactivate reactivateUsersCommand `cmd:"" help:"Let deactivated users in again; they need new tokens."`
	Delete     deleteUserCommand      `cmd:"" help:"Remove a user for good, with all that belongs to it."`
	Block      blockCommand           `cmd:"" help:"Make a user block others."`
	Unblock    unblockCommand         `cmd:"" help:"Undo that."`
	Blocked    blockedCommand         `cmd:"" help:"List whom a user blocks, and by whom it is blocked."`
}

// user is what a person may want to know of a user.
type user struct {
	UID           string          `json:"uid"`
	Name          string          `json:"name"`
	Avatar        string          `json:"avatar"`
	Link          string          `json:"link"`
	Role          string          `json:"role"`
	Status        string          `json:"status"`
	StatusMessage string          `json:"statusMessage"`
	Metadata      json.RawMessage `json:"metadata"`
	Tags          []string        `json:"tags"`
	CreatedAt     int64           `json:"createdAt"`
	UpdatedAt     int64           `json:"updatedAt"`
	LastActiveAt  int64           `json:"lastActiveAt"`
	DeactivatedAt int64           `json:"deactivatedAt"`
	BlockedByMe   bool            `json:"blockedByMe"`
	HasBlockedMe  bool            `json:"hasBlockedMe"`
	AuthToken     string          `json:"authToken"`
}

// standing is the status of a user in a word.
func (u user) standing() string {
	if u.DeactivatedAt != 0 {
		return "deactivated"
	}
	return u.Status
}

var userFields = []field[user]{
	{title: "uid", value: func(u user) string { return u.UID }},
	{title: "name", value: func(u user) string { return shortened(u.Name) }},
	{title: "role", value: func(u user) string { return u.Role }},
	{title: "status", value: user.standing},
	{title: "last active", value: func(u user) string { return when(u.LastActiveAt) }},
	{title: "status message", value: func(u user) string { return u.StatusMessage }, detail: true},
	{title: "avatar", value: func(u user) string { return u.Avatar }, detail: true},
	{title: "link", value: func(u user) string { return u.Link }, detail: true},
	{title: "tags", value: func(u user) string { return strings.Join(u.Tags, ", ") }, detail: true},
	{title: "metadata", value: func(u user) string { return string(u.Metadata) }, detail: true},
	{title: "created", value: func(u user) string { return when(u.CreatedAt) }, detail: true},
	{title: "updated", value: func(u user) string { return when(u.UpdatedAt) }, detail: true},
	{title: "deactivated", value: func(u user) string { return when(u.DeactivatedAt) }, detail: true},
	{title: "blocked by viewer", value: func(u user) string { return yes(u.BlockedByMe) }, detail: true},
	{title: "blocks viewer", value: func(u user) string { return yes(u.HasBlockedMe) }, detail: true},
	{title: "auth token", value: func(u user) string { return u.AuthToken }, detail: true},
}

// taggedUserFields are for a list that shows tags too.
var taggedUserFields = append(append([]field[user]{}, userFields[:5]...),
	field[user]{title: "tags", value: func(u user) string { return shortened(strings.Join(u.Tags, ", ")) }})

type listUsersCommand struct {
	listFlags

	Search          string   `placeholder:"TEXT" help:"Only whose uid or name begins with this."`
	SearchIn        []string `enum:"uid,name" placeholder:"FIELD" help:"Where to search: uid, name or both, which is the default."`
	Status          string   `placeholder:"STATUS" help:"Only who is available, or offline."`
	Role            []string `placeholder:"ROLE" help:"Only users of these roles."`
	Tag             []string `placeholder:"TAG" help:"Only users who have one of these tags."`
	UID             []string `name:"uid" placeholder:"UID" help:"Only these users; at most 25."`
	WithDeactivated bool     `xor:"activity" help:"Deactivated users too."`
	Deactivated     bool     `xor:"activity" help:"Deactivated users only."`
	OnBehalfOf      string   `placeholder:"UID" help:"Show how this user stands to the others."`
	HideBlocked     bool     `help:"Leave out whom the user of --on-behalf-of blocks, or is blocked by."`
	WithTags        bool     `help:"Show tags."`
	SortBy          string   `placeholder:"FIELD" help:"status, which puts who is online first and is the default, name or uid."`
	Descending      bool     `help:"Sort the other way round."`
	Count           bool     `help:"Print only how many there are."`
}

// Run prints the users.
func (c *listUsersCommand) Run(ctx context.Context, at *place) error {
	query := url.Values{}
	for name, value := range map[string]string{
		"searchKey": c.Search, "searchIn": strings.Join(c.SearchIn, ","), "status": c.Status, "roles": strings.Join(c.Role, ","),
		"tags": strings.Join(c.Tag, ","), "uids": strings.Join(c.UID, ","), "sortBy": c.SortBy,
	} {
		if value != "" {
			query.Set(name, value)
		}
	}
	for name, is := range map[string]bool{
		"withDeactivated": c.WithDeactivated, "onlyDeactivated": c.Deactivated, "hideBlockedUsers": c.HideBlocked,
		"withTags": c.WithTags, "count": c.Count,
	} {
		if is {
			query.Set(name, "true")
		}
	}
	if c.Descending {
		query.Set("sortOrder", "desc")
	}
	ask := request{method: http.MethodGet, path: []string{"users"}, query: query, onBehalfOf: c.OnBehalfOf}
	if c.Count {
		return count(ctx, at, ask)
	}
	fields := userFields
	if c.WithTags {
		fields = taggedUserFields
	}
	return list(ctx, at, ask, c.Limit, fields)
}

func count(ctx context.Context, at *place, ask request) error {
	return perform(ctx, at, ask, func(counted struct{ Count int }) error { return printLine(strconv.Itoa(counted.Count)) })
}

type getUserCommand struct {
	UID        string `arg:"" help:"The user."`
	OnBehalfOf string `placeholder:"UID" help:"Show how this user stands to the other."`
}

// Run prints the user.
func (c *getUserCommand) Run(ctx context.Context, at *place) error {
	return show(ctx, at, request{method: http.MethodGet, path: []string{"users", c.UID}, onBehalfOf: c.OnBehalfOf}, userFields)
}

// userFlags are what may be said of a user besides uid and name. What is absent is not said.
type userFlags struct {
	Avatar        *string  `json:"avatar,omitempty" placeholder:"URL" help:"URL of a picture."`
	Link          *string  `json:"link,omitempty" placeholder:"URL" help:"URL of a page about the user."`
	Role          *string  `json:"role,omitempty" placeholder:"ROLE" help:"Role, which must exist."`
	StatusMessage *string  `json:"statusMessage,omitempty" placeholder:"TEXT" help:"What the user says of itself at the moment."`
	Metadata      object   `json:"-" placeholder:"JSON" help:"JSON object of at most 5 KB. Its @private is for back ends only."`
	Tag           []string `json:"tags,omitempty" sep:"none" xor:"tags" placeholder:"TAG" help:"Tag; give the flag once for each."`
}

type createUserCommand struct {
	UID  string `arg:"" help:"1 to 100 letters, digits, - and _; it is kept in lower case, for good."`
	Name string `arg:"" help:"Name, of at most 100 characters."`
	userFlags

	WithAuthToken bool `help:"Issue an auth token too, and show it."`
}

// Run creates the user and prints it.
func (c *createUserCommand) Run(ctx context.Context, at *place) error {
	return show(ctx, at, request{method: http.MethodPost, path: []string{"users"}, body: struct {
		UID  string `json:"uid"`
		Name string `json:"name"`
		userFlags

		Metadata      json.RawMessage `json:"metadata,omitempty"`
		WithAuthToken bool            `json:"withAuthToken,omitempty"`
	}{c.UID, c.Name, c.userFlags, c.Metadata.raw(), c.WithAuthToken}}, userFields)
}

type updateUserCommand struct {
	UID  string  `arg:"" help:"The user."`
	Name *string `placeholder:"NAME" help:"New name."`
	userFlags

	NoTags bool     `xor:"tags" help:"Take all tags away."`
	Unset  []string `enum:"avatar,link,metadata" placeholder:"FIELD" help:"Clear avatar, link or metadata."`
}

// Run changes the user and prints what it is now.
func (c *updateUserCommand) Run(ctx context.Context, at *place) error {
	var tags *[]string
	switch {
	case c.NoTags:
		tags = &[]string{}
	case len(c.Tag) > 0:
		tags = &c.Tag
	}
	return show(ctx, at, request{method: http.MethodPut, path: []string{"users", c.UID}, body: struct {
		Name *string `json:"name,omitempty"`
		userFlags

		Metadata json.RawMessage `json:"metadata,omitempty"`
		Tags     *[]string       `json:"tags,omitempty"`
		Unset    []string        `json:"unset,omitempty"`
	}{c.Name, c.userFlags, c.Metadata.raw(), tags, c.Unset}}, userFields)
}

type deactivateUsersCommand struct {
	UIDs []string `arg:"" name:"uid" help:"The users."`
}

// Run deactivates the users, and names those who are deactivated now.
func (c *deactivateUsersCommand) Run(ctx context.Context, at *place) error {
	return many(ctx, at, http.MethodDelete, map[string][]string{"uidsToDeactivate": c.UIDs}, "deactivated")
}

type reactivateUsersCommand struct {
	UIDs []string `arg:"" name:"uid" help:"The users."`
}

// Run lets the users in again, and names those who are active now.
func (c *reactivateUsersCommand) Run(ctx context.Context, at *place) error {
	return many(ctx, at, http.MethodPut, map[string][]string{"uidsToActivate": c.UIDs}, "active")
}

// many changes several users; who does not exist is passed over by the API, and named here.
func many(ctx context.Context, at *place, method string, body map[string][]string, now string) error {
	ask := request{method: method, path: []string{"users"}, body: body}
	return perform(ctx, at, ask, func(answered map[string][]string) error {
		done := map[string]bool{}
		for _, uids := range answered {
			for _, uid := range uids {
				done[uid] = true
			}
		}
		missing := 0
		for _, uids := range body {
			for _, uid := range uids {
				state := now
				if !done[strings.ToLower(uid)] {
					state = "not found"
					missing++
				}
				fmt.Fprintf(os.Stdout, "%s  %s\n", printable(uid), state)
			}
		}
		if missing > 0 {
			return fmt.Errorf("%s not found", countUsers(missing))
		}
		return nil
	})
}

type deleteUserCommand struct {
	UID string `arg:"" help:"The user."`
	confirmed
}

// Help says what may be meant instead.
func (*deleteUserCommand) Help() string {
	return "To shut a user out and keep what it is, use usher users deactivate."
}

// Run removes the user.
func (c *deleteUserCommand) Run(ctx context.Context, at *place) error {
	if err := c.ask("Remove the user " + c.UID + " for good?"); err != nil {
		return err
	}
	return tell(ctx, at, request{method: http.MethodDelete, path: []string{"users", c.UID}, body: map[string]bool{"permanent": true}})
}

type blockCommand struct {
	UID    string   `arg:"" help:"Who blocks."`
	Others []string `arg:"" name:"other" help:"Who is blocked; at most 25."`
}

// Run blocks, and says what became of each.
func (c *blockCommand) Run(ctx context.Context, at *place) error {
	return block(ctx, at, http.MethodPost, c.UID, c.Others)
}

type unblockCommand struct {
	UID    string   `arg:"" help:"Who blocks."`
	Others []string `arg:"" name:"other" help:"Who is blocked no more."`
}

// Run unblocks, and says what became of each.
func (c *unblockCommand) Run(ctx context.Context, at *place) error {
	return block(ctx, at, http.MethodDelete, c.UID, c.Others)
}

func block(ctx context.Context, at *place, method, uid string, others []string) error {
	ask := request{method: method, path: []string{"users", uid, "blockedusers"}, body: map[string][]string{"blockedUids": others}}
	return perform(ctx, at, ask, func(outcomes map[string]outcome) error {
		failed := 0
		for _, other := range others {
			if !outcomes[other].Success {
				failed++
			}
			fmt.Fprintln(os.Stdout, printable(outcomes[other].Message))
		}
		if failed > 0 {
			return fmt.Errorf("not done for %s", countUsers(failed))
		}
		return nil
	})
}

// outcome is what became of one user of several.
type outcome struct {
	Success bool   `json:"success"`
	Message string `json:"message"`
}

type blockedCommand struct {
	listFlags

	UID       string `arg:"" help:"The user."`
	Direction string `default:"both" enum:"both,blockedByMe,hasBlockedMe" placeholder:"WAY" help:"both, blockedByMe for whom the user blocks, or hasBlockedMe for who blocks it. Default: ${default}."`
}

var blockedFields = []field[user]{
	userFields[0], userFields[1],
	{title: "blocked", value: func(u user) string { return yes(u.BlockedByMe) }},
	{title: "blocks", value: func(u user) string { return yes(u.HasBlockedMe) }},
}

// Run prints the users.
func (c *blockedCommand) Run(ctx context.Context, at *place) error {
	query := url.Values{"direction": {c.Direction}}
	return list(ctx, at, request{method: http.MethodGet, path: []string{"users", c.UID, "blockedusers"}, query: query}, c.Limit, blockedFields)
}
