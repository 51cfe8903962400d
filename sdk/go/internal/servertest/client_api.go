package servertest

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/usherhq/usher/sdk/go/usher"
)

// block is that one user has blocked another.
type block struct{ by, whom string }

// asUser answers what a client asks with an auth token, but for /me.
func (s *Server) asUser(w http.ResponseWriter, r *http.Request, parts []string, body json.RawMessage) {
	me, known := s.tokens[r.Header.Get("authToken")]
	switch {
	case !known:
		Refuse(w, http.StatusUnauthorized, usher.CodeUnknownAuthToken)
	case parts[0] == "blockedusers" && r.Method == http.MethodGet:
		direction := r.URL.Query().Get("direction")
		s.list(w, r, me, func(uid string) bool {
			return direction != "hasBlockedMe" && s.blocks[block{me, uid}] || direction != "blockedByMe" && s.blocks[block{uid, me}]
		})
	case parts[0] == "blockedusers":
		s.setBlocked(w, me, r.Method == http.MethodPost, body)
	case r.Method != http.MethodGet:
		Refuse(w, http.StatusUnauthorized, usher.CodeEmptyAPIKey)
	case len(parts) == 1:
		search := strings.ToLower(r.URL.Query().Get("searchKey"))
		s.list(w, r, me, func(uid string) bool { return strings.HasPrefix(uid, search) })
	case s.users[strings.ToLower(parts[1])] == nil:
		Refuse(w, http.StatusNotFound, usher.CodeUnknownUID)
	default:
		Give(w, s.seenBy(me, strings.ToLower(parts[1])))
	}
}

// list answers with one page of the users who are wanted.
func (s *Server) list(w http.ResponseWriter, r *http.Request, me string, wanted func(uid string) bool) {
	page, size := number(r, "page", 1), number(r, "per_page", 100)
	users := []map[string]any{}
	for _, uid := range slices.Sorted(maps.Keys(s.users)) {
		if wanted(uid) {
			users = append(users, s.seenBy(me, uid))
		}
	}
	total := len(users)
	users = users[min((page-1)*size, total):min(page*size, total)]
	write(w, http.StatusOK, map[string]any{"data": users, "meta": map[string]any{"pagination": map[string]any{
		"total": total, "count": len(users), "per_page": size, "current_page": page, "total_pages": (total + size - 1) / size,
	}}})
}

func number(r *http.Request, name string, usual int) int {
	if given, err := strconv.Atoi(r.URL.Query().Get(name)); err == nil {
		return given
	}
	return usual
}

// seenBy is a user with how they stand to the one who looks.
func (s *Server) seenBy(me, uid string) map[string]any {
	user := maps.Clone(s.users[uid])
	user["blockedByMe"], user["hasBlockedMe"] = s.blocks[block{me, uid}], s.blocks[block{uid, me}]
	return user
}

func (s *Server) setBlocked(w http.ResponseWriter, me string, blocked bool, body json.RawMessage) {
	var named struct {
		UIDs []string `json:"blockedUids"`
	}
	_ = json.Unmarshal(body, &named)
	if slices.Contains(named.UIDs, me) {
		Refuse(w, http.StatusBadRequest, usher.CodeBlockSelf)
		return
	}
	outcomes := map[string]any{}
	for _, uid := range named.UIDs {
		known := s.users[uid] != nil
		if known {
			s.blocks[block{me, uid}] = blocked
		}
		outcomes[uid] = map[string]any{"success": known, "message": "Answered."}
	}
	Give(w, outcomes)
}

// changeProfile takes of a PUT of me what a user may say of themselves.
func (s *Server) changeProfile(uid string, body json.RawMessage) {
	var changes map[string]any
	_ = json.Unmarshal(body, &changes)
	for _, field := range []string{"name", "avatar", "link", "statusMessage", "metadata", "tags"} {
		if value, said := changes[field]; said {
			s.users[uid][field] = value
		}
	}
}
