package admin

import (
	"context"
	"iter"

	"github.com/usherhq/usher/sdk/go/usher"
)

// All gives every user who is not deactivated, page after page, each page with a request of its own
// when it is needed. It ends with the first error. Users who come or go meanwhile may be missed or
// given twice.
//
// PerPage of the options is the size of the pages, and Page the first one.
func (s *UsersService) All(ctx context.Context, options ListOptions) iter.Seq2[*usher.User, error] {
	return func(yield func(*usher.User, error) bool) {
		for options.Page = max(options.Page, 1); ; options.Page++ {
			page, err := s.List(ctx, options)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, user := range page.Users {
				if !yield(user, nil) {
					return
				}
			}
			if len(page.Users) == 0 || options.Page >= page.Pages {
				return
			}
		}
	}
}
