package rest

import (
	"context"
	"net/http"
)

// operatorName is how the event log calls who comes in by Operator.
const operatorName = "cli"

// operatorMark is the key under which a request's context says that it came in by Operator. Nothing
// that a request holds can set it.
type operatorMark struct{}

// Operator is the API for the operator of the machine, who needs no key and no management credentials,
// and has no limits. What needs the auth token of a user needs it here too.
//
// It proves nothing: whoever reaches it may do everything. It must be served where only the operator
// gets to, never on a network.
func (h *Handler) Operator() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), operatorMark{}, true)))
	})
}

// byOperator says whether the call came in by Operator.
func (c *call) byOperator() bool { return c.Context().Value(operatorMark{}) != nil }
