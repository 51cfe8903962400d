package sqlstore

import (
	"cmp"
	"slices"
	"strings"

	"github.com/usherhq/usher/internal/identity"
)

// userChoice is a filter of users on its way into statements.
type userChoice struct {
	app identity.AppID
	// counter is what of user_counts counts users of the wanted activity.
	counter string
	// every is the condition of every list: the app, and the activity.
	every clause
	// conditions are those of the filter; once it is known how many meet each, the nearest one first.
	conditions []userCondition
	// first is the column that the list is sorted by, before uid.
	first  string
	viewer *identity.User
	// isOffline leaves out of a page, though not of the count, who is online.
	isOffline bool
	// walked is how many users of the wanted activity the app has.
	walked int
}

// userCondition is a condition of a filter.
type userCondition struct {
	// parts find who meets it, each user in one part.
	parts []part
	// onRow is the condition on a row of users, said so that SQLite uses no index for it.
	onRow clause
	// inOrder is whether the index that serves its only part has the users in the order of the list.
	inOrder bool
	// roles are what it asks for, if it does for roles: those are counted already.
	roles []string
	// met is about how many meet it.
	met int
}

// count is an expression for how many users meet the condition.
func (c userCondition) count(query *statement) {
	for i, part := range c.parts {
		if i > 0 {
			query.add(" + ")
		}
		part.count(query)
	}
}

// countUpTo is an expression for how many rows of users meet the condition, no more than enough of each
// part. A user may have several.
func (c userCondition) countUpTo(query *statement, enough counted) {
	for i, part := range c.parts {
		if i > 0 {
			query.add(" + ")
		}
		query.add("(SELECT count(*) FROM (SELECT 1 FROM "+part.from.text+" LIMIT (", part.from.values...)
		enough(query)
		query.add(")) AS enough)")
	}
}

// part finds users, by an index.
type part struct {
	// from is what follows FROM, with a column user_id.
	from clause
	// ofUsers is whether that is the table of users itself.
	ofUsers bool
	// repeats is whether it may find a user more than once.
	repeats bool
}

func (p part) ids(query *statement) {
	distinct := ""
	if p.repeats {
		distinct = "DISTINCT "
	}
	query.add("SELECT "+distinct+"user_id FROM "+p.from.text, p.from.values...)
}

func (p part) count(query *statement) {
	counted := "*"
	if p.repeats {
		counted = "DISTINCT user_id"
	}
	query.add("(SELECT count("+counted+") FROM "+p.from.text+")", p.from.values...)
}

// clause is a piece of a statement, with the values of its placeholders.
type clause struct {
	text   string
	values []any
}

// activities say of each activity what counts its users and what chooses them. The last condition holds
// for all; partial indexes have these very conditions.
var activities = map[identity.Activity]struct{ counter, condition string }{
	identity.ActiveOnly:      {"active", "deactivated_at = 0"},
	identity.DeactivatedOnly: {"deactivated", "deactivated_at > 0"},
	identity.AnyActivity:     {"active + deactivated", "deactivated_at >= 0"},
}

func (r reader) chooseUsers(app identity.AppID, filter identity.UserFilter) *userChoice {
	activity := activities[filter.Activity]
	choice := &userChoice{app: app, counter: activity.counter, first: "users.name_folded", viewer: filter.HideBlockedFor}
	choice.every = clause{"users.app_id = ? AND users." + activity.condition, []any{app}}
	if filter.SortBy == "uid" {
		choice.first = "users.uid"
	}
	if uids := anys(filter.UIDs); len(uids) > 0 {
		choice.meet(userCondition{parts: choice.usersWith(among("users.uid", uids)), onRow: among(opaque("users.uid"), uids)})
	}
	if tags := anys(filter.Tags); len(tags) > 0 {
		choice.meet(userCondition{
			parts: []part{r.wearing(app, tags, activity.condition)},
			onRow: clause{"EXISTS (SELECT 1 FROM user_tags WHERE user_tags.user_id = users.user_id AND user_tags.tag IN (" + marks(len(tags)) + "))", tags},
		})
	}
	// After the tags: of two that many meet, a list begins with the first, and the way from a tag is shorter.
	if filter.SearchKey != "" {
		choice.search(filter)
	}
	if roles := anys(filter.Roles); len(roles) > 0 {
		choice.meet(userCondition{
			parts: choice.usersWith(among("users.role", roles)), onRow: among(opaque("users.role"), roles), roles: filter.Roles,
			// The index of roles has the activity before the name.
			inOrder: len(roles) == 1 && filter.Activity == identity.ActiveOnly && filter.SortBy != "uid",
		})
	}
	return choice
}

func (c *userChoice) meet(condition userCondition) { c.conditions = append(c.conditions, condition) }

// begin puts the condition that the fewest meet first, given how many meet each.
func (c *userChoice) begin(met []int) {
	for i := range c.conditions {
		c.conditions[i].met = met[i]
	}
	c.sort()
}

func (c *userChoice) sort() {
	slices.SortStableFunc(c.conditions, func(a, b userCondition) int { return cmp.Compare(a.met, b.met) })
}

// usersWith is the users of the list who meet each condition.
func (c *userChoice) usersWith(conditions ...clause) []part {
	var from statement
	from.add("users WHERE "+c.every.text, c.every.values...)
	from.and(conditions...)
	return []part{{from: from.clause(), ofUsers: true}}
}

// online is the choice of those who are online besides, at whichever servers: the first condition. A
// cross join keeps SQLite from walking through all users to look for those.
func (c *userChoice) online() *userChoice {
	var from statement
	from.add("(SELECT users.user_id FROM (SELECT DISTINCT user_id FROM online WHERE app_id = ?) AS here "+
		"CROSS JOIN users WHERE users.user_id = here.user_id", c.app)
	from.and(c.every)
	from.add(") AS present")
	online := *c
	online.conditions = append([]userCondition{{
		parts: []part{{from: from.clause()}},
		onRow: clause{text: "EXISTS (SELECT 1 FROM online WHERE online.user_id = users.user_id)"},
	}}, c.conditions...)
	return &online
}

// offline is the choice of those who are not.
func (c *userChoice) offline() *userChoice {
	offline := *c
	offline.isOffline = true
	return &offline
}

// wearing is the users with any of some tags. The index has the users of a tag by their ids: an engine
// that merges what it unites need not remember whom it has seen.
func (r reader) wearing(app identity.AppID, tags []any, activity string) part {
	if len(tags) == 1 || !r.mergesUnions {
		var from statement
		from.add("user_tags WHERE app_id = ? AND "+activity, app)
		from.and(among("tag", tags))
		return part{from: from.clause(), repeats: len(tags) > 1}
	}
	var from statement
	for i, tag := range tags {
		if i > 0 {
			from.add(" UNION ")
		}
		from.add("SELECT user_id FROM user_tags WHERE app_id = ? AND tag = ? AND "+activity, app, tag)
	}
	return part{from: clause{"(" + from.text() + ") AS worn", from.values}}
}

// search compares beginnings as ranges, which an index can serve on both engines.
func (c *userChoice) search(filter identity.UserFilter) {
	const uid, name = "users.uid", "users.name_folded"
	begin := foldName(filter.SearchKey)
	within := func(column string) clause {
		// No text begins with the last code point, so what begins with the key comes before this.
		return clause{"(" + column + " >= ? AND " + column + " < ?)", []any{begin, begin + "\U0010FFFF"}}
	}
	switch {
	case filter.SearchUID == filter.SearchName:
		inUID, inName := within(opaque(uid)), within(opaque(name))
		c.meet(userCondition{
			parts: append(c.usersWith(within(uid)), c.usersWith(within(name), clause{"NOT " + inUID.text, inUID.values})...),
			onRow: clause{"(" + inUID.text + " OR " + inName.text + ")", slices.Concat(inUID.values, inName.values)},
		})
	case filter.SearchUID:
		c.meet(userCondition{parts: c.usersWith(within(uid)), onRow: within(opaque(uid)), inOrder: filter.SortBy == "uid"})
	default:
		c.meet(userCondition{parts: c.usersWith(within(name)), onRow: within(opaque(name)), inOrder: filter.SortBy != "uid"})
	}
}

// opaque is a column of texts that SQLite uses no index for; to PostgreSQL it is the column itself.
func opaque(column string) string { return "CAST(" + column + " AS TEXT)" }

func among(column string, values []any) clause {
	return clause{column + " IN (" + marks(len(values)) + ")", values}
}

// statement is the text of a statement as it is put together, with the values of its placeholders.
type statement struct {
	builder strings.Builder
	values  []any
}

func (s *statement) add(text string, values ...any) {
	s.builder.WriteString(text)
	s.values = append(s.values, values...)
}

// and adds conditions behind others.
func (s *statement) and(conditions ...clause) {
	for _, condition := range conditions {
		s.add(" AND "+condition.text, condition.values...)
	}
}

func (s *statement) text() string { return s.builder.String() }

func (s *statement) clause() clause { return clause{s.text(), s.values} }

// anys makes values of texts.
func anys[T ~string](texts []T) []any {
	values := make([]any, len(texts))
	for i, text := range texts {
		values[i] = string(text)
	}
	return values
}
