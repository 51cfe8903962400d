package identity

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// The documented limits of webhooks (contract 3).
const (
	MaxWebhooks                  = 25
	MaxWebhookIDCharacters       = 50
	MaxWebhookNameCharacters     = 50
	MaxWebhookURLCharacters      = 255
	MaxWebhookUsernameCharacters = 50
	MaxWebhookPasswordCharacters = 100
)

// Trigger is what a webhook hears of, in the words of its deliveries.
type Trigger string

const (
	// TriggerConnection stands for two kinds of events (contract 7.3).
	TriggerConnection Trigger = "user_connection_status_changed"
	// TriggerTest is that of a delivery that somebody asked for to see whether one arrives. No webhook
	// chooses it.
	TriggerTest Trigger = "webhook_test"
)

// triggers are what webhooks can hear of. The first three are documented; the rest is ours.
var triggers = map[Trigger][]EventKind{
	TriggerConnection:             {EventUserConnected, EventUserDisconnected},
	Trigger(EventUserBlocked):     {EventUserBlocked},
	Trigger(EventUserUnblocked):   {EventUserUnblocked},
	Trigger(EventUserCreated):     {EventUserCreated},
	Trigger(EventUserUpdated):     {EventUserUpdated},
	Trigger(EventUserDeactivated): {EventUserDeactivated},
	Trigger(EventUserReactivated): {EventUserReactivated},
	Trigger(EventUserDeleted):     {EventUserDeleted},
	Trigger(EventTokenIssued):     {EventTokenIssued},
	Trigger(EventTokenRevoked):    {EventTokenRevoked},
	Trigger(EventUserSignedIn):    {EventUserSignedIn},
	Trigger(EventUserSignedOut):   {EventUserSignedOut},
}

// Triggers are those that webhooks can choose, sorted.
func Triggers() []Trigger { return slices.Sorted(maps.Keys(triggers)) }

// TriggerOf is what webhooks call a kind of event; empty for one that none can hear of.
func TriggerOf(kind EventKind) Trigger {
	if kind == EventUserConnected || kind == EventUserDisconnected {
		return TriggerConnection
	}
	if _, known := triggers[Trigger(kind)]; known {
		return Trigger(kind)
	}
	return ""
}

// Webhook is where an app wants to hear of events.
type Webhook struct {
	// Number tells a webhook from an earlier one of the same id.
	Number int64
	AppID  AppID
	// ID names the webhook within its app.
	ID   string
	Name string
	URL  string
	// Triggers are sorted; none means that nothing is sent.
	Triggers []Trigger
	// UsesBasicAuth says that deliveries carry Username and Password.
	UsesBasicAuth bool
	Username      string
	Password      Secret
	// Secret is what deliveries are signed with.
	Secret  Secret
	Enabled bool
	// Retries says that a delivery which failed is tried again.
	Retries bool
	// Position is the event up to which the webhook's deliveries have been made.
	Position  int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// kinds are the events that a webhook hears of.
func (w Webhook) kinds() []EventKind {
	var kinds []EventKind
	for _, trigger := range w.Triggers {
		kinds = append(kinds, triggers[trigger]...)
	}
	return kinds
}

func webhookSubject(id string) string { return "webhook:" + id }

var alphanumeric = regexp.MustCompile(`^[A-Za-z0-9]+$`)

// checkAlphanumeric holds a text to the documented form of ids, usernames and passwords of webhooks.
func (p problems) checkAlphanumeric(field, text string, most int) {
	switch {
	case text == "":
		p.add(field, "The %s field is required.", field)
	case len(text) > most:
		p.add(field, "The %s may not be longer than %d characters.", field, most)
	case !alphanumeric.MatchString(text):
		p.add(field, "The %s may only contain letters and digits.", field)
	}
}

func (p problems) checkWebhookName(name string) {
	p.checkName(name)
	if _, bad := p["name"]; !bad && utf8.RuneCountInString(name) > MaxWebhookNameCharacters {
		p.add("name", "The name may not be longer than %d characters.", MaxWebhookNameCharacters)
	}
}

// checkWebhookURL takes a URL that deliveries may be sent to. What its host's name stands for is seen
// only when it is called, so that is when the address is checked; one that is written out is refused
// here already.
func (p problems) checkWebhookURL(text string, allowPrivate bool) {
	const field = "webhookURL"
	if utf8.RuneCountInString(text) > MaxWebhookURLCharacters {
		p.add(field, "The webhookURL may not be longer than %d characters.", MaxWebhookURLCharacters)
		return
	}
	parsed, err := url.Parse(text)
	switch {
	case text == "":
		p.add(field, "The webhookURL field is required.")
	case err != nil || parsed.Hostname() == "" || parsed.Opaque != "" || holdsControls(text),
		!slices.Contains([]string{"http", "https"}, parsed.Scheme):
		p.add(field, "The webhookURL must be a valid URL that starts with https://.")
	case parsed.User != nil:
		p.add(field, "The webhookURL may not hold credentials: it is shown in lists. Use username and password.")
	case parsed.Fragment != "":
		p.add(field, "The webhookURL may not have a fragment.")
	case allowPrivate:
	case parsed.Scheme != "https":
		p.add(field, "The webhookURL must start with https://; http is for servers that allow private addresses.")
	case namesPrivate(parsed.Hostname()):
		p.add(field, "The webhookURL must name a public address.")
	}
}

// checkTriggers takes triggers and gives them back sorted, without repetitions.
func (p problems) checkTriggers(wanted []Trigger) []Trigger {
	for _, trigger := range wanted {
		if _, known := triggers[trigger]; !known {
			p.add("triggers", "There is no trigger %q.", firstCharacters(strings.ToValidUTF8(string(trigger), "")))
			return nil
		}
	}
	sorted := slices.Clone(wanted)
	slices.Sort(sorted)
	return slices.Compact(sorted)
}
