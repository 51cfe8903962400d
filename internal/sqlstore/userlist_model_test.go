package sqlstore_test

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/sqlstore"
	"github.com/usherhq/usher/internal/sqlstore/testdatabase"
)

// What users are drawn from: few enough that filters meet some of them, and beginnings that overlap.
var (
	modelNames = []string{
		"Mina", "mina", "MINAMI", "Min", "Ömer", "ÖMER", "o\u0308mer", "Жанна", "жан", "李小龍", "李", "😀", "😀👍", "İstanbul", "istanbul",
		"ẞ", "ß", "Straße", "Σίσυφος", "ΣΊΣΥΦΟΣ", "a%", "a_b", `a\`, "'", "a", "A", "\u00a0", "\uffff", "z\U0010FFFD",
	}
	modelTags  = []string{"blue", "Blue", "青", "two words", "100%"}
	modelRoles = []string{identity.DefaultRole, "tutor", "pupil", "pupil-2"}
)

// userModel is the users of an app as a slice, beside the same users in a store.
type userModel struct {
	store  identity.Store
	app    identity.AppID
	users  []identity.User
	blocks map[[2]int64]bool // blocker, blocked
}

// Whatever the users are and whatever is asked for, a list has those that the documents tell of, in
// their order, and counts all of them.
func TestUserListsAreAsTheModelSays(t *testing.T) {
	t.Parallel()
	testdatabase.OnEach(t, func(t *testing.T, address string) {
		store := sqlstore.RememberAllTotals(openInTurn(t, address))
		var apps atomic.Int64
		rapid.Check(t, func(rt *rapid.T) {
			// An app of its own is as good as a database of its own, and what other apps hold must not matter.
			m := &userModel{store: store, app: identity.AppID(fmt.Sprintf("model-%d", apps.Add(1))), blocks: map[[2]int64]bool{}}
			m.populate(rt)
			filters := make([]identity.UserFilter, 5)
			for i := range filters {
				filters[i] = m.drawFilter(rt)
			}
			for range 3 {
				// Twice: what a list remembers of the first time must hold the second time, and no longer.
				for _, filter := range slices.Concat(filters, filters) {
					m.compare(rt, filter)
				}
				m.mutate(rt)
				m.compare(rt, m.drawFilter(rt))
			}
		})
	})
}

func (m *userModel) change(rt *rapid.T, do func(tx identity.Tx) error) {
	if err := m.store.Change(rt.Context(), do); err != nil {
		rt.Fatalf("change: %v", err)
	}
}

// drawUser draws what of a user can change.
func drawUser(rt *rapid.T, user identity.User) identity.User {
	pieces := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(modelNames), rapid.SampledFrom([]string{" ", "b", "m"})), 1, 3).Draw(rt, "name")
	user.Name = strings.Join(pieces, "")
	user.Role = rapid.SampledFrom(modelRoles).Draw(rt, "role")
	user.Tags = rapid.SliceOfNDistinct(rapid.SampledFrom(modelTags), 0, 3, rapid.ID).Draw(rt, "tags")
	user.DeactivatedAt = time.Time{}
	if rapid.IntRange(0, 4).Draw(rt, "deactivated") == 4 {
		user.DeactivatedAt = founded
	}
	return user
}

func (m *userModel) populate(rt *rapid.T) {
	count := rapid.SampledFrom([]int{0, 1, 10, 100, 300}).Draw(rt, "users")
	m.change(rt, func(tx identity.Tx) error {
		app := identity.App{ID: m.app, Region: "eu", LogoutRevokes: identity.LogoutRevokesSDK, CreatedAt: founded}
		if err := tx.AddApp(app); err != nil {
			return err
		}
		for _, role := range modelRoles {
			if err := tx.AddRole(identity.Role{AppID: m.app, ID: role, Name: role}); err != nil {
				return err
			}
		}
		for number := range count {
			begin := rapid.SampledFrom([]string{"mina", "a", "a_", "a-", "ab", "zz", "m"}).Draw(rt, "uid")
			user := identity.User{AppID: m.app, UID: identity.UID(fmt.Sprintf("%s%d", begin, number)), CreatedAt: founded, UpdatedAt: founded}
			added, err := tx.AddUser(drawUser(rt, user))
			if err != nil {
				return err
			}
			m.users = append(m.users, added)
		}
		if err := m.connect(rt, tx); err != nil {
			return err
		}
		for range min(count, 20) {
			blocker, blocked := rapid.SampledFrom(m.users).Draw(rt, "blocker"), rapid.SampledFrom(m.users).Draw(rt, "blocked")
			if _, err := tx.SetBlock(blocker, blocked, true, founded); err != nil {
				return err
			}
			m.blocks[[2]int64{blocker.ID, blocked.ID}] = true
		}
		return nil
	})
}

// connect makes some users online, at one server or at two.
func (m *userModel) connect(rt *rapid.T, tx identity.Tx) error {
	for _, node := range []string{"here", "there"} {
		if _, err := tx.RenewNode(node, founded); err != nil {
			return err
		}
		share := rapid.SampledFrom([]int{0, 1, 10}).Draw(rt, "share")
		for i, user := range m.users {
			if rapid.IntRange(1, 20).Draw(rt, "dice") > share {
				continue
			}
			if _, err := tx.SetOnline(user, node, true, founded); err != nil {
				return err
			}
			m.users[i].Online, m.users[i].LastActiveAt = true, founded
		}
	}
	return nil
}

// mutate changes, adds and deletes some users, and perhaps a role: often only one.
func (m *userModel) mutate(rt *rapid.T) {
	m.change(rt, func(tx identity.Tx) error {
		if rapid.Bool().Draw(rt, "add") {
			user := identity.User{AppID: m.app, UID: identity.UID(fmt.Sprintf("mina-new%d", len(m.users))), CreatedAt: founded, UpdatedAt: founded}
			added, err := tx.AddUser(drawUser(rt, user))
			if err != nil && !errors.Is(err, identity.ErrTaken) {
				return err
			}
			if err == nil {
				m.users = append(m.users, added)
			}
		}
		for range min(len(m.users), rapid.SampledFrom([]int{0, 1, 10}).Draw(rt, "how many")) {
			place := rapid.IntRange(0, len(m.users)-1).Draw(rt, "whom")
			if rapid.Bool().Draw(rt, "delete") {
				if err := tx.DeleteUser(m.users[place]); err != nil {
					return err
				}
				gone := m.users[place].ID
				maps.DeleteFunc(m.blocks, func(block [2]int64, _ bool) bool { return block[0] == gone || block[1] == gone })
				m.users = slices.Delete(m.users, place, place+1)
				continue
			}
			m.users[place] = drawUser(rt, m.users[place])
			if err := tx.SaveUser(m.users[place]); err != nil {
				return err
			}
		}
		if !rapid.Bool().Draw(rt, "delete a role") {
			return nil
		}
		for i := range m.users {
			if m.users[i].Role == "tutor" {
				m.users[i].Role = identity.DefaultRole
			}
		}
		if err := tx.DeleteRole(m.app, "tutor"); err != nil {
			return err
		}
		// For whoever is made one next.
		return tx.AddRole(identity.Role{AppID: m.app, ID: "tutor", Name: "tutor"})
	})
}

func (m *userModel) drawFilter(rt *rapid.T) identity.UserFilter {
	some := func(texts []string, what string) []string {
		return rapid.OneOf(rapid.Just([]string(nil)), rapid.SliceOfN(rapid.SampledFrom(append(texts, "nobody's")), 0, 3)).Draw(rt, what)
	}
	filter := identity.UserFilter{
		Page: identity.Page{
			Number: rapid.SampledFrom([]int{1, 1, 2, 3, 1_000_000_000}).Draw(rt, "page"),
			Size:   rapid.SampledFrom([]int{1, 7, 100, identity.MaxPageSize}).Draw(rt, "size"),
		},
		SearchUID: rapid.Bool().Draw(rt, "in uids"), SearchName: rapid.Bool().Draw(rt, "in names"),
		Roles: some(modelRoles, "roles"), Tags: some(modelTags, "tags"),
		Activity:   rapid.SampledFrom([]identity.Activity{identity.ActiveOnly, identity.ActiveOnly, identity.DeactivatedOnly, identity.AnyActivity}).Draw(rt, "activity"),
		Online:     rapid.SampledFrom([]*bool{nil, nil, nil, new(false), new(true)}).Draw(rt, "online"),
		SortBy:     rapid.SampledFrom([]string{"", "status", "name", "uid"}).Draw(rt, "sort"),
		Descending: rapid.Bool().Draw(rt, "descending"),
	}
	switch rapid.IntRange(0, 3).Draw(rt, "search") {
	case 0:
		filter.SearchKey = rapid.SampledFrom(append(modelNames, "a1", "MIN", "zz", "nobody")).Draw(rt, "key")
	case 1:
		if len(m.users) > 0 {
			name := []rune(rapid.SampledFrom(m.users).Draw(rt, "like").Name)
			filter.SearchKey = strings.ToUpper(string(name[:rapid.IntRange(1, len(name)).Draw(rt, "characters")]))
		}
	}
	if len(m.users) > 0 && rapid.IntRange(0, 2).Draw(rt, "for a viewer") == 0 {
		filter.HideBlockedFor = new(rapid.SampledFrom(m.users).Draw(rt, "viewer"))
	}
	if len(m.users) > 0 && rapid.IntRange(0, 3).Draw(rt, "by uid") == 0 {
		for _, user := range rapid.SliceOfN(rapid.SampledFrom(m.users), 1, identity.MaxUIDsInFilter-1).Draw(rt, "uids") {
			filter.UIDs = append(filter.UIDs, user.UID)
		}
		filter.UIDs = append(filter.UIDs, "nobody")
	}
	return filter
}

// chooses is what the documents say of each filter.
func (m *userModel) chooses(filter identity.UserFilter, user identity.User) bool {
	begins := func(text string) bool {
		return strings.HasPrefix(strings.ToLower(text), strings.ToLower(filter.SearchKey))
	}
	anywhere := !filter.SearchUID && !filter.SearchName
	viewer := filter.HideBlockedFor
	switch {
	case filter.Activity == identity.ActiveOnly && !user.Active(),
		filter.Activity == identity.DeactivatedOnly && user.Active(),
		filter.Online != nil && *filter.Online != user.Online,
		len(filter.Roles) > 0 && !slices.Contains(filter.Roles, user.Role),
		len(filter.UIDs) > 0 && !slices.Contains(filter.UIDs, user.UID),
		len(filter.Tags) > 0 && !slices.ContainsFunc(filter.Tags, func(tag string) bool { return slices.Contains(user.Tags, tag) }),
		viewer != nil && (m.blocks[[2]int64{viewer.ID, user.ID}] || m.blocks[[2]int64{user.ID, viewer.ID}]):
		return false
	}
	return filter.SearchKey == "" ||
		(filter.SearchUID || anywhere) && begins(string(user.UID)) || (filter.SearchName || anywhere) && begins(user.Name)
}

// list is the page of users that a filter chooses, and how many there are.
func (m *userModel) list(filter identity.UserFilter) (page []identity.User, total int) {
	var chosen []identity.User
	for _, user := range m.users {
		if m.chooses(filter, user) {
			chosen = append(chosen, user)
		}
	}
	slices.SortFunc(chosen, func(a, b identity.User) int {
		order := strings.Compare(string(a.UID), string(b.UID))
		if filter.SortBy != "uid" {
			order = cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), order)
		}
		if byStatus := filter.SortBy == "" || filter.SortBy == "status"; byStatus && a.Online != b.Online {
			order = 1
			if a.Online {
				order = -1
			}
		}
		if filter.Descending {
			return -order
		}
		return order
	})
	from := min(filter.Page.Offset(), len(chosen))
	return chosen[from:min(from+filter.Page.Size, len(chosen))], len(chosen)
}

func (m *userModel) compare(rt *rapid.T, filter identity.UserFilter) {
	got, total, err := m.store.Users(rt.Context(), m.app, filter)
	if err != nil {
		rt.Fatalf("list with %+v: %v", filter, err)
	}
	want, wantTotal := m.list(filter)
	if difference := gocmp.Diff(want, got, cmpopts.EquateEmpty()); total != wantTotal || difference != "" {
		rt.Fatalf("listed with %+v: counted %d, want %d (-want +got):\n%s", filter, total, wantTotal, difference)
	}
}
