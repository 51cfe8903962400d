package admin

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// ListOptions says which part of a list to give. Zero leaves the choice to the server.
type ListOptions struct {
	// Page counts from 1.
	Page int
	// PerPage is at most 1000; 100 unless given.
	PerPage int
}

// Page is one part of a list. A page beyond the last one is empty.
type Page[T any] struct {
	Items []*T
	// Total is the number of items on all pages.
	Total int
	// Number is the number of this page, and Pages that of the last one.
	Number, Pages int
}

// errUnnamed is for answers that should be about something and do not say what.
var errUnnamed = fmt.Errorf("%w: it does not say what it is about", usher.ErrUnusableAnswer)

// get makes a request that is answered with one thing. named reports whether the answer says which.
func get[T any](ctx context.Context, s service, request transport.Request, named func(*T) bool) (*T, error) {
	var answer T
	if err := s.do(ctx, request, &answer, nil); err != nil {
		return nil, err
	}
	if !named(&answer) {
		return nil, errUnnamed
	}
	return &answer, nil
}

// list gets one page; named is as for get.
func list[T any](ctx context.Context, s service, request transport.Request, named func(*T) bool) (*Page[T], error) {
	request.Method = http.MethodGet
	var page Page[T]
	var meta struct {
		Pagination struct {
			Total  int `json:"total"`
			Number int `json:"current_page"`
			Pages  int `json:"total_pages"`
		} `json:"pagination"`
	}
	if err := s.do(ctx, request, &page.Items, &meta); err != nil {
		return nil, err
	}
	for _, item := range page.Items {
		if item == nil || !named(item) {
			return nil, errUnnamed
		}
	}
	page.Total, page.Number, page.Pages = meta.Pagination.Total, meta.Pagination.Number, meta.Pagination.Pages
	return &page, nil
}

// all goes through the pages from number on, each with a request when it is needed, and ends with
// the first error.
func all[T any](number int, list func(number int) (*Page[T], error)) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for number := max(number, 1); ; number++ {
			page, err := list(number)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, item := range page.Items {
				if !yield(item, nil) {
					return
				}
			}
			if len(page.Items) == 0 || number >= page.Pages {
				return
			}
		}
	}
}

// query is the parameters of a list; what is zero is left out.
type query url.Values

func (o ListOptions) query() query {
	q := make(query)
	q.number("page", int64(o.Page))
	q.number("perPage", int64(o.PerPage))
	return q
}

func (q query) text(name, value string) {
	if value != "" {
		q[name] = []string{value}
	}
}

func (q query) number(name string, value int64) {
	if value != 0 {
		q.text(name, strconv.FormatInt(value, 10))
	}
}

func (q query) words(name string, values []string) { q.text(name, strings.Join(values, ",")) }

func (q query) flag(name string, value bool) {
	if value {
		q.text(name, "true")
	}
}
