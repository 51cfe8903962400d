package sqlstore

import (
	"context"
	"slices"
)

// countUsers says how many users match. On the way it learns how many the app has, and puts the
// condition that the fewest meet first.
func (r reader) countUsers(ctx context.Context, choice *userChoice) (int, error) {
	if len(choice.conditions) == 0 {
		now, err := r.count(ctx, choice, choice.everybody)
		if err != nil {
			return 0, err
		}
		choice.walked = now.counts[0]
		return choice.walked - now.hidden, nil
	}
	key := choice.key()
	if total, known := r.totals.find(key); known {
		now, err := r.count(ctx, choice)
		if err != nil {
			return 0, err
		}
		if now.revision == total.revision {
			choice.walked = total.walked
			choice.begin(total.met)
			return total.matching - now.hidden, nil
		}
	}
	return r.countAnew(ctx, choice, key)
}

func (r reader) countAnew(ctx context.Context, choice *userChoice, key string) (int, error) {
	now, err := r.count(ctx, choice, append([]counted{choice.everybody}, choice.meetings()...)...)
	if err != nil {
		return 0, err
	}
	total := userTotal{revision: now.revision, walked: now.counts[0], met: now.counts[1:]}
	choice.walked = total.walked
	choice.begin(total.met)
	matching, err := r.countMatching(ctx, choice, now)
	if err != nil {
		return 0, err
	}
	if total.matching = matching.counts[0]; matching.revision == total.revision {
		r.totals.keep(key, total)
	}
	return total.matching - matching.hidden, nil
}

// onlineOf is those of counted users who are online. In an app where nobody is, nothing is counted for it.
func (r reader) onlineOf(ctx context.Context, whole countedUsers) (countedUsers, error) {
	here := countedUsers{filter: whole.filter, choice: whole.choice.online()}
	var anybody bool
	err := r.run.queryRow(ctx, "SELECT EXISTS (SELECT 1 FROM online WHERE app_id = ?)", here.choice.app).Scan(&anybody)
	if err != nil || !anybody {
		return here, err
	}
	isOnline := &here.choice.conditions[0]
	now, err := r.count(ctx, here.choice, isOnline.parts[0].count)
	if err != nil {
		return here, err
	}
	isOnline.met = now.counts[0]
	here.choice.sort()
	matching, err := r.countMatching(ctx, here.choice, now)
	if err != nil {
		return here, err
	}
	// How many meet the other conditions is of another moment.
	here.matching = max(matching.counts[0]-matching.hidden, 0)
	return here, nil
}

// countMatching counts who meets all conditions. Where there is one, that was counted already; and where
// nobody meets the nearest, nobody meets all.
func (r reader) countMatching(ctx context.Context, choice *userChoice, before counts) (counts, error) {
	nearest := choice.conditions[0].met
	if len(choice.conditions) == 1 || nearest == 0 {
		before.counts = []int{nearest}
		return before, nil
	}
	return r.count(ctx, choice, choice.all)
}

// counts is what was counted in one moment: the revision that the app's users had, how many of those who
// match the viewer does not see, and what else was asked for.
type counts struct {
	revision string
	hidden   int
	counts   []int
}

// counted adds to a statement an expression that counts something.
type counted func(query *statement)

// revision of an app's users is all slots in one order; an app without any has never had users.
const revision = "(SELECT coalesce(string_agg(revision, ' ' ORDER BY slot), '') FROM user_revisions WHERE app_id = ?)"

func (r reader) count(ctx context.Context, choice *userChoice, wanted ...counted) (counts, error) {
	query := &statement{}
	query.add("SELECT "+revision+", ", choice.app)
	choice.hidden(query)
	result := counts{counts: make([]int, len(wanted))}
	targets := []any{&result.revision, &result.hidden}
	for i, expression := range wanted {
		query.add(", ")
		expression(query)
		targets = append(targets, &result.counts[i])
	}
	rows, err := r.run.queryOnce(ctx, query.text(), query.values...)
	_, err = all(rows, err, func(r row) (none struct{}, err error) { return none, r.Scan(targets...) })
	return result, err
}

// everybody counts the users of the wanted activity.
func (c *userChoice) everybody(query *statement) { c.known(query, nil) }

// known is an expression for how many users of some roles, or of all, the app is known to have.
func (c *userChoice) known(query *statement, roles []string) {
	query.add("(SELECT CAST(coalesce(sum("+c.counter+"), 0) AS BIGINT) FROM user_counts WHERE app_id = ?", c.app)
	if roles != nil {
		query.add(" AND role IN ("+marks(len(roles))+")", anys(roles)...)
	}
	query.add(")")
}

// meetings count for each condition who meets it: exactly if it is the only one. Of several, it is enough
// to learn which the fewest meet, so nobody is counted beyond those of the wanted roles or, without such,
// beyond an eighth of all: then reading all is not much longer.
func (c *userChoice) meetings() []counted {
	var expressions []counted
	for _, condition := range c.conditions {
		expressions = append(expressions, func(query *statement) {
			switch {
			case condition.roles != nil:
				c.known(query, condition.roles)
			case len(c.conditions) == 1:
				condition.count(query)
			default:
				condition.countUpTo(query, c.enough)
			}
		})
	}
	return expressions
}

// enough is an expression for how many need be counted of a condition among several.
func (c *userChoice) enough(query *statement) {
	if place := slices.IndexFunc(c.conditions, func(condition userCondition) bool { return condition.roles != nil }); place >= 0 {
		c.known(query, c.conditions[place].roles)
	} else {
		c.everybody(query)
		query.add(" / 8")
	}
	query.add(" + 1")
}

// hidden is an expression for how many of the matching users the viewer does not see.
func (c *userChoice) hidden(query *statement) {
	if c.viewer == nil {
		query.add("0")
		return
	}
	query.add("(SELECT count(*) FROM ("+eitherBlock+") AS near CROSS JOIN users WHERE users.user_id = near.user_id", c.viewer.ID, c.viewer.ID)
	query.and(c.every)
	c.others(query, 0)
	query.add(")")
}

// all counts who meets all conditions.
func (c *userChoice) all(query *statement) {
	query.add("(SELECT count(*)")
	c.fromNearest(query, true)
	query.add(")")
}
