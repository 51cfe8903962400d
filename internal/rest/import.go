package rest

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

const importPath = "/data_import/users"

// maxImportBytes lets an import hold as many users as it may, each as large as a body may be, and more.
const maxImportBytes = 1 << 20

// bodyLimit is how large the body of a request to a route may be.
func bodyLimit(pattern string) int64 {
	if strings.HasSuffix(pattern, importPath) {
		return maxImportBytes
	}
	return maxBodyBytes
}

// importView is what became of one user: Data or Error, as Success says.
type importView struct {
	Success bool         `json:"success"`
	Data    *userView    `json:"data,omitempty"`
	Error   *failureBody `json:"error,omitempty"`
}

// importUsers adds users who come from elsewhere; each succeeds or fails by itself (contract 1.3.5).
func (h *Handler) importUsers(c *call) (answer, error) {
	var body struct {
		Users map[string]json.RawMessage `json:"users"`
	}
	if err := decode(c, &body); err != nil {
		return answer{}, err
	}
	if len(body.Users) == 0 || len(body.Users) > identity.MaxUsersPerImport {
		return answer{}, invalid("users", fmt.Sprintf("The users must be an object of 1 to %d users by uid.", identity.MaxUsersPerImport))
	}
	views := map[string]importView{}
	var keys []string
	var users []identity.ImportedUser
	// In order, so that of two spellings of one uid the same one is always the first.
	for _, key := range slices.Sorted(maps.Keys(body.Users)) {
		user, err := importedUser(key, body.Users[key])
		if refused, ok := errors.AsType[*fault.Error](err); ok {
			views[key] = viewRefusal(refused)
			continue
		}
		keys, users = append(keys, key), append(users, user)
	}
	outcomes, err := h.service.ImportUsers(c.Context(), c.caller, users)
	if err != nil {
		return answer{}, err
	}
	for i, outcome := range outcomes {
		if views[keys[i]], err = viewImport(c, outcome); err != nil {
			return answer{}, err
		}
	}
	return answer{Data: views}, nil
}

// importedUser reads one user of an import. All that it fails with is a fault.
func importedUser(key string, text []byte) (identity.ImportedUser, error) {
	var body struct {
		userBody
		CreatedAt    identity.GivenTime `json:"createdAt"`
		LastActiveAt identity.GivenTime `json:"lastActiveAt"`
	}
	if err := decodeObject("user", text, &body); err != nil {
		return identity.ImportedUser{}, err
	}
	if body.UID != "" && !strings.EqualFold(body.UID, key) {
		return identity.ImportedUser{}, invalid("uid", "The uid must be the one that the user is sent under.")
	}
	return identity.ImportedUser{NewUser: body.asNew(), CreatedAt: body.CreatedAt, LastActiveAt: body.LastActiveAt}, nil
}

func viewImport(c *call, outcome identity.ImportOutcome) (importView, error) {
	if outcome.Refused == nil {
		view, err := viewUser(c, outcome.User)
		return importView{Success: true, Data: &view}, err
	}
	return viewRefusal(outcome.Refused), nil
}

func viewRefusal(refused *fault.Error) importView {
	return importView{Error: &failureBody{Code: refused.Code, Message: refused.Message, Details: refused.Details}}
}
