package dashboard

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

const (
	// tokensPerPage keeps the page of a user readable: it may have identity.MaxLiveTokens.
	tokensPerPage = 10
	// tokenHistory is how many of a user's newest events are asked what its tokens did.
	tokenHistory = 500
)

// tokenRow is a token as the page of its user shows it. Its value stays behind.
type tokenRow struct {
	ID                   int64
	Device               identity.Device
	CreatedAt, ExpiresAt time.Time
	// Issuer is who made the token, and IssuerPath where that key is, if it is still there.
	Issuer, IssuerPath string
	// UsedAt is when the client with the token last did something. It is zero for a token that did nothing,
	// and Forgotten says that it may have, longer ago than is looked at.
	UsedAt    time.Time
	Forgotten bool
}

// tokensOf gives a page of the tokens of an active user, and how many there are.
func (d *Dashboard) tokensOf(c *call, user identity.User, page identity.Page) ([]tokenRow, int, error) {
	tokens, total, err := d.service.ListTokens(c.Context(), c.caller, user.UID, page)
	if err != nil || len(tokens) == 0 {
		return nil, total, err
	}
	history, err := d.tokenHistory(c.Context(), c.caller, user.UID)
	if err != nil {
		return nil, 0, err
	}
	keys, _, err := d.service.ListKeys(c.Context(), c.caller, everyKey)
	if err != nil {
		return nil, 0, err
	}
	rows := make([]tokenRow, len(tokens))
	for i, token := range tokens {
		rows[i] = tokenRow{ID: token.ID, Device: token.Device, CreatedAt: token.CreatedAt, ExpiresAt: token.ExpiresAt}
		past := history["token:"+strconv.FormatInt(token.ID, 10)]
		rows[i].UsedAt, rows[i].Forgotten = past.usedAt, past.issuedBy == ""
		rows[i].Issuer = issuerName(token, past.issuedBy)
		for _, key := range keys {
			if key.ID == token.IssuerID {
				rows[i].Issuer, rows[i].IssuerPath = key.Name, keyPath(c, key)
			}
		}
	}
	return rows, total, nil
}

func issuerName(token identity.AuthToken, actor string) string {
	if name, isOperator := strings.CutPrefix(actor, "operator:"); isOperator {
		return "operator " + name
	}
	if token.IssuerID != 0 {
		return "a key that was deleted"
	}
	return "not noted"
}

// tokenPast is what the event log has of a token.
type tokenPast struct {
	usedAt   time.Time
	issuedBy string
}

// tokenHistory looks through the newest events of a user for what its tokens did, by their names in the log.
func (d *Dashboard) tokenHistory(ctx context.Context, caller identity.Caller, uid identity.UID) (map[string]tokenPast, error) {
	events, err := d.service.ListEvents(ctx, caller, identity.EventFilter{UID: uid, NewestFirst: true, Limit: tokenHistory})
	history := map[string]tokenPast{}
	for _, event := range events {
		if past := history[event.Actor]; past.usedAt.IsZero() {
			past.usedAt = event.At
			history[event.Actor] = past
		}
		if event.Kind == identity.EventTokenIssued {
			past := history[event.Subject]
			past.issuedBy = event.Actor
			history[event.Subject] = past
		}
	}
	return history, err
}

// lifeUnits are what a token's time to live is counted in.
var lifeUnits = []Option{{"days", "days", ""}, {"hours", "hours", ""}, {"minutes", "minutes", ""}}

// lifeOf reads how long a token is to live: 0 for as long as the app says.
func lifeOf(filled *form) time.Duration {
	text := strings.TrimSpace(filled.Value("expiresIn"))
	if text == "" {
		return 0
	}
	unit := map[string]time.Duration{"days": 24 * time.Hour, "hours": time.Hour}[filled.Value("unit")]
	if unit == 0 {
		unit = time.Minute
	}
	count, err := strconv.Atoi(text)
	if err != nil || count < 1 || count > int(identity.MaxTokenLife/unit) {
		filled.reject("expiresIn", "The time to live is a whole number, and at most ten years.")
		return 0
	}
	return time.Duration(count) * unit
}

// issueToken makes a token, always a new one: one that a back end was given must not go to somebody else.
func (d *Dashboard) issueToken(c *call) (reply, error) {
	user, err := d.findUser(c)
	if err != nil {
		return reply{}, err
	}
	filled := c.form()
	wanted := identity.TokenRequest{Force: true, Life: lifeOf(filled)}
	if !filled.Sound() {
		page, err := d.userPage(c, user, filled)
		return show("user.html", user.Name, page).at(page.Path).refused(), err
	}
	token, err := d.service.IssueToken(c.Context(), c.caller, user.UID, wanted)
	if err != nil {
		return reply{}, err
	}
	return d.showIssued(c, user, token)
}

// showIssued shows a token, this once.
func (d *Dashboard) showIssued(c *call, user identity.User, token identity.AuthToken) (reply, error) {
	page, err := d.userPage(c, user, blank(nil))
	page.Issued = newIssuedToken(d.baseURL(c), c.app.ID, token)
	return show("user.html", user.Name, page).at(page.Path), err
}

func (d *Dashboard) revokeToken(c *call) (reply, error) {
	user, err := d.findUser(c)
	if err != nil {
		return reply{}, err
	}
	id, err := strconv.ParseInt(c.PathValue("tokenId"), 10, 64)
	if err != nil {
		return reply{}, errNoPage
	}
	err = d.service.RevokeTokenByID(c.Context(), c.caller, user.UID, id)
	return goTo(userPath(c, user.UID)).saying("The token has ended: whoever uses it is logged out."), err
}

func (d *Dashboard) revokeTokens(c *call) (reply, error) {
	user, err := d.findUser(c)
	if err != nil {
		return reply{}, err
	}
	err = d.service.FlushTokens(c.Context(), c.caller, user.UID)
	return goTo(userPath(c, user.UID)).saying("Every token has ended: " + user.Name + " is logged out everywhere."), err
}
