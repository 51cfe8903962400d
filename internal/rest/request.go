package rest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/ijson"
)

// maxBodyBytes is the documented limit of a request body (contract 3).
const maxBodyBytes = 10 << 10

// decode reads a JSON object into body, a pointer to a struct. An empty body is an empty object.
// Fields that body does not have are ignored, as documented.
func decode(c *call, body any) error {
	text, err := readBody(c.Body)
	if err != nil || len(text) == 0 {
		return err
	}
	return decodeObject("body", text, body)
}

func readBody(body io.Reader) ([]byte, error) {
	text, err := io.ReadAll(body)
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, invalid("body", fmt.Sprintf("The body may not be larger than %d KB.", tooLarge.Limit>>10))
	}
	if err != nil {
		return nil, invalid("body", "The body could not be read.").Because(err)
	}
	return text, nil
}

// decodeObject is decode for the text of an object; what tells how the object is called. A text that
// others could read in another way than this server does is refused: who checks a request on its way
// here must have seen what is done.
func decodeObject(what string, text []byte, object any) error {
	err := ijson.CheckFields(text)
	if err != nil && !errors.Is(err, ijson.ErrNotJSON) {
		return invalid(what, "The "+what+" can't be taken: "+err.Error()+".")
	}
	err = json.Unmarshal(text, object)
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && wrong.Field != "" {
		// The path starts with the Go name of an embedded struct, where there is one.
		field := wrong.Field[strings.LastIndexByte(wrong.Field, '.')+1:]
		return invalid(field, fmt.Sprintf("The %s may not be or hold a value of the type %s.", field, wrong.Value))
	}
	if err != nil || strings.TrimSpace(string(text)) == "null" {
		return invalid(what, "The "+what+" must be a JSON object.")
	}
	return nil
}

func invalid(field, reason string) *fault.Error {
	failure := fault.BadRequest()
	failure.Details = map[string][]string{field: {reason}}
	return failure
}

// meta stands beside the data of a list. Lists need it: without it an SDK hangs (wire.md 0.10).
type meta struct {
	Pagination *pagination `json:"pagination,omitempty"`
	Cursor     *cursor     `json:"cursor,omitempty"`
}

// cursor is where a list that only grows is to be read on.
type cursor struct {
	After int64 `json:"after"`
	More  bool  `json:"more"`
}

type pagination struct {
	Total       int `json:"total"`
	Count       int `json:"count"`
	PerPage     int `json:"per_page"`
	CurrentPage int `json:"current_page"`
	TotalPages  int `json:"total_pages"`
}

// listed makes the answer of a list from a page of it.
func listed[T any](views []T, page identity.Page, total int) answer {
	if views == nil {
		views = []T{}
	}
	return answer{Data: views, Meta: &meta{Pagination: &pagination{
		Total: total, Count: len(views), PerPage: page.Size, CurrentPage: page.Number,
		TotalPages: (total + page.Size - 1) / page.Size,
	}}}
}

// readPage takes page and perPage, which the SDKs spell per_page (contract 0.4, wire.md 4).
func readPage(c *call) (identity.Page, error) { return readPageOf(c, identity.DefaultPageSize) }

// readPageOf is readPage for a list with another size of page.
func readPageOf(c *call, size int) (identity.Page, error) {
	query := c.URL.Query()
	perPage := "perPage"
	if query.Has("per_page") {
		perPage = "per_page"
	}
	page := identity.Page{Number: 1, Size: size}
	for _, parameter := range []struct {
		name    string
		largest int
		value   *int
	}{
		// The largest page number keeps the offset within what the engines count with.
		{"page", 1_000_000_000, &page.Number},
		{perPage, identity.MaxPageSize, &page.Size},
	} {
		text := query.Get(parameter.name)
		if text == "" {
			continue
		}
		number, err := strconv.Atoi(text)
		if err != nil || number < 1 || number > parameter.largest {
			return page, invalid(parameter.name, fmt.Sprintf("The %s must be a whole number from 1 to %d.", parameter.name, parameter.largest))
		}
		*parameter.value = number
	}
	return page, nil
}

// words reads a list of a query, which both the documents and the SDKs join by commas.
func words(c *call, name string) []string {
	text := c.URL.Query().Get(name)
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

// flag reads a switch of a query: the documents write true, the SDKs 1.
func flag(c *call, name string) bool {
	text := c.URL.Query().Get(name)
	return text == "true" || text == "1"
}
