package transport

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/usherhq/usher/sdk/go/usher"
)

// decode reads an answer's envelope: {"data": …, "meta": …} or {"error": …}. A success that is bare is
// the data, with nothing around it.
func decode(status int, body []byte, bare bool, data, meta any) error {
	var envelope struct {
		Data  json.RawMessage `json:"data"`
		Meta  json.RawMessage `json:"meta"`
		Error json.RawMessage `json:"error"`
	}
	if err := json.Unmarshal(body, &envelope); err != nil {
		return unusable(status, err)
	}
	if present(envelope.Error) {
		return refusal(status, envelope.Error)
	}
	if bare {
		envelope.Data = body
	}
	if !present(envelope.Data) {
		return unusable(status, errors.New("it holds neither data nor an error"))
	}
	if status < http.StatusOK || status >= http.StatusMultipleChoices {
		return unusable(status, errors.New("it holds data, yet the status says otherwise"))
	}
	if err := json.Unmarshal(envelope.Data, data); err != nil {
		return unusable(status, err)
	}
	if meta != nil && present(envelope.Meta) {
		if err := json.Unmarshal(envelope.Meta, meta); err != nil {
			return unusable(status, err)
		}
	}
	return nil
}

// refusal makes an error of the server's error object.
func refusal(status int, object json.RawMessage) error {
	var fields struct {
		Code    usher.Code      `json:"code"`
		Message string          `json:"message"`
		Details json.RawMessage `json:"details"`
	}
	if err := json.Unmarshal(object, &fields); err != nil {
		return unusable(status, err)
	}
	if fields.Code == "" {
		return unusable(status, errors.New("its error has no code"))
	}
	refused := &usher.Error{Code: fields.Code, Message: fields.Message, Status: status}
	// Details of another shape are left out: the code is worth more than they are.
	var details map[string][]string
	if json.Unmarshal(fields.Details, &details) == nil {
		refused.Details = details
	}
	return refused
}

// unusable never quotes the answer: it may hold a token.
func unusable(status int, why error) error {
	return fmt.Errorf("%w: HTTP status %d: %w", usher.ErrUnusableAnswer, status, why)
}

func present(value json.RawMessage) bool {
	return len(value) > 0 && string(value) != "null"
}
