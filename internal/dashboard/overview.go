package dashboard

import (
	"context"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

// span is how far back the charts look, and how long a bar of them is.
type span struct {
	Name, Label  string
	length, step time.Duration
	// layout is how the time of a bar is written.
	layout string
}

var spans = []span{
	{"hour", "Hour", time.Hour, time.Minute, "15:04"},
	{"day", "Day", 24 * time.Hour, 30 * time.Minute, "2 Jan 15:04"},
	{"month", "Month", 30 * 24 * time.Hour, 24 * time.Hour, "2 January"},
}

// spanNamed gives a span by its name, the first one for any other name.
func spanNamed(name string) span {
	for _, one := range spans {
		if one.Name == name {
			return one
		}
	}
	return spans[0]
}

type overviewPage struct {
	overviewNumbers

	Spans   []span
	Span    span
	Version string
	// Address is what an SDK is pointed at.
	Address string
}

// overviewNumbers are what changes while somebody looks.
type overviewNumbers struct {
	Users, Online int
	// Healthy says that the database answers.
	Healthy           bool
	Attempts, Refused chart
	// Reasons is why logins failed in that time, the most frequent first.
	Reasons []identity.FailureCount
}

func (d *Dashboard) overview(c *call) (reply, error) {
	chosen := spanNamed(c.FormValue("span"))
	numbers, err := d.count(c.Context(), c.caller, chosen)
	return show("overview.html", "Overview", overviewPage{numbers, spans, chosen, d.config.Version, d.baseURL(c)}), err
}

// count takes the numbers of an app as they are now.
func (d *Dashboard) count(ctx context.Context, caller identity.Caller, chosen span) (overviewNumbers, error) {
	numbers := overviewNumbers{Healthy: d.service.Ready(ctx) == nil}
	one := identity.Page{Number: 1, Size: 1}
	var err error
	if _, numbers.Users, err = d.service.ListUsers(ctx, caller, identity.UserFilter{Page: one}); err != nil {
		return numbers, err
	}
	if _, numbers.Online, err = d.service.ListUsers(ctx, caller, identity.UserFilter{Page: one, Online: new(true)}); err != nil {
		return numbers, err
	}
	// Whole bars, the one that is still growing included.
	to := d.config.Clock().Truncate(chosen.step).Add(chosen.step)
	from := to.Add(-chosen.length)
	buckets, err := d.service.Activity(ctx, caller, from, to, chosen.step)
	if err != nil {
		return numbers, err
	}
	if numbers.Reasons, err = d.service.FailuresByCode(ctx, caller, from, to, chosen.step); err != nil {
		return numbers, err
	}
	numbers.Attempts = newChart("Sign-ins and failed attempts", chosen, buckets,
		series{"Sign-ins", "good", func(b identity.ActivityBucket) int { return b.SignIns }},
		series{"Failures", "bad", func(b identity.ActivityBucket) int { return b.Failures }})
	numbers.Refused = newChart("Refused for calling too often", chosen, buckets,
		series{"Refused", "warn", func(b identity.ActivityBucket) int { return b.Refused }})
	return numbers, nil
}
