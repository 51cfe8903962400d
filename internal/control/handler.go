package control

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

// handler answers clients with what a desk does.
type handler struct {
	desk Desk
	log  *slog.Logger
	// pause is how long a reader of an export may stand still: the database is being read meanwhile.
	pause time.Duration
}

const exportPause = time.Minute

// Handler lets a [Client] work at a desk. It asks nobody who they are: it must be reachable for the operator
// of the machine only.
func Handler(desk Desk, log *slog.Logger) http.Handler {
	return routes(&handler{desk, log, exportPause})
}

func routes(h *handler) http.Handler {
	routes := http.NewServeMux()
	routes.HandleFunc("POST "+usersPath, h.importUsers)
	routes.HandleFunc("GET "+usersPath, h.exportUsers)
	routes.HandleFunc("GET "+operatorsPath, h.listOperators)
	routes.HandleFunc("POST "+operatorsPath, h.inviteOperator)
	routes.HandleFunc("POST "+operatorsPath+"/reset", h.resetOperator)
	routes.HandleFunc("DELETE "+operatorsPath, h.removeOperator)
	return routes
}

// importUsers reads the file as it comes: it may be of any size and take any time.
func (h *handler) importUsers(w http.ResponseWriter, r *http.Request) {
	if err := takeTime(w); err != nil {
		h.refuse(w, err)
		return
	}
	query := r.URL.Query()
	most, _ := strconv.Atoi(query.Get("mostProblems"))
	report, err := h.desk.ImportUsers(r.Context(), r.Body, ImportOptions{
		AppID: query.Get("app"), SkipExisting: query.Has("skipExisting"), CreateRoles: query.Has("createRoles"), MostProblems: most,
	})
	answer := imported{Report: report}
	if err != nil {
		answer.Failure = err.Error()
	}
	h.answer(w, answer)
}

// exportUsers writes the users as they are read. One that fails halfway breaks the connection, so that a part
// never looks like the whole.
func (h *handler) exportUsers(w http.ResponseWriter, r *http.Request) {
	if err := takeTime(w); err != nil {
		h.refuse(w, err)
		return
	}
	begun := false
	out := &impatient{w, http.NewResponseController(w), h.pause}
	_, err := h.desk.ExportUsers(r.Context(), r.URL.Query().Get("app"), out, func(users, all int) {
		if users == 0 {
			begun = true
			w.Header().Set(totalHeader, strconv.Itoa(all))
		}
	})
	switch {
	case err == nil:
	case !begun:
		h.refuse(w, err)
	default:
		h.log.Warn("an export of users broke off", slog.Any("error", err))
		panic(http.ErrAbortHandler)
	}
}

func (h *handler) listOperators(w http.ResponseWriter, r *http.Request) {
	operators, err := h.desk.ListOperators(r.Context())
	if err != nil {
		h.refuse(w, err)
		return
	}
	h.answer(w, operators)
}

func (h *handler) inviteOperator(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	h.invite(w, func() (identity.Invitation, error) {
		return h.desk.InviteOperator(r.Context(), query.Get("name"), identity.OperatorRole(query.Get("role")))
	})
}

func (h *handler) resetOperator(w http.ResponseWriter, r *http.Request) {
	h.invite(w, func() (identity.Invitation, error) {
		return h.desk.ResetOperator(r.Context(), r.URL.Query().Get("name"))
	})
}

func (h *handler) invite(w http.ResponseWriter, doing func() (identity.Invitation, error)) {
	invitation, err := doing()
	if err != nil {
		h.refuse(w, err)
		return
	}
	h.answer(w, invited{Code: string(invitation.Code), Name: invitation.Name, Role: invitation.Role, ExpiresAt: invitation.ExpiresAt})
}

func (h *handler) removeOperator(w http.ResponseWriter, r *http.Request) {
	if err := h.desk.RemoveOperator(r.Context(), r.URL.Query().Get("name")); err != nil {
		h.refuse(w, err)
		return
	}
	h.answer(w, struct{}{})
}

// impatient gives up on a reader that takes nothing for too long.
type impatient struct {
	out     io.Writer
	control *http.ResponseController
	pause   time.Duration
}

func (i *impatient) Write(text []byte) (int, error) {
	if err := i.control.SetWriteDeadline(time.Now().Add(i.pause)); err != nil {
		return 0, err
	}
	return i.out.Write(text)
}

// takeTime lets a request take longer than others may.
func takeTime(w http.ResponseWriter) error {
	control := http.NewResponseController(w)
	return errors.Join(control.SetReadDeadline(time.Time{}), control.SetWriteDeadline(time.Time{}))
}

// refuse says why something was not done, in the words that the desk has for the person who asked.
func (h *handler) refuse(w http.ResponseWriter, err error) {
	if !errors.Is(err, context.Canceled) {
		h.log.Info("the operator of the machine was refused", slog.Any("error", err))
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusUnprocessableEntity)
	h.write(w, failure{err.Error()})
}

func (h *handler) answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	h.write(w, body)
}

func (h *handler) write(w http.ResponseWriter, body any) {
	if err := json.NewEncoder(w).Encode(body); err != nil {
		h.log.Info("an answer to the operator of the machine did not arrive", slog.Any("error", err))
	}
}
