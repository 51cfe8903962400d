package sqlstore

import "github.com/usherhq/usher/internal/identity"

// mostKnownUsers bounds the memory of knownUsers to a few megabytes.
const mostKnownUsers = 20_000

// knownUsers is what the writer remembers of the users whom it added or whose tokens it wrote last, which
// spares finding a user and counting its tokens at each new one. It is right as long as nobody else writes
// to the database; nil, where somebody may, knows nobody. Whatever changes a user or takes tokens away makes
// it forget.
type knownUsers struct {
	// ids is of active users.
	ids    map[userName]int64
	names  map[int64]userName
	tokens map[int64]int
}

type userName struct {
	app identity.AppID
	uid identity.UID
}

func newKnownUsers() *knownUsers {
	return &knownUsers{ids: map[userName]int64{}, names: map[int64]userName{}, tokens: map[int64]int{}}
}

// id is that of a user who is active.
func (k *knownUsers) id(app identity.AppID, uid identity.UID) (id int64, known bool) {
	if k == nil {
		return 0, false
	}
	id, known = k.ids[userName{app, uid}]
	return id, known
}

func (k *knownUsers) meet(user identity.User) {
	if k == nil || !user.Active() {
		return
	}
	name := userName{user.AppID, user.UID}
	k.ids[name], k.names[user.ID] = user.ID, name
}

// tokensOf is how many tokens a user has.
func (k *knownUsers) tokensOf(user int64) (count int, known bool) {
	if k == nil {
		return 0, false
	}
	count, known = k.tokens[user]
	return count, known
}

func (k *knownUsers) hasTokens(user int64, count int) {
	if k != nil {
		k.tokens[user] = count
	}
}

func (k *knownUsers) forget(user int64) {
	switch {
	case k == nil:
	case user == everybody:
		clear(k.ids)
		clear(k.names)
		clear(k.tokens)
	default:
		delete(k.ids, k.names[user])
		delete(k.names, user)
		delete(k.tokens, user)
	}
}

func (k *knownUsers) tooMany() bool {
	return k != nil && max(len(k.names), len(k.tokens)) > mostKnownUsers
}
