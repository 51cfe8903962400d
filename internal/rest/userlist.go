package rest

import (
	"slices"

	"github.com/usherhq/usher/internal/identity"
)

func (h *Handler) listUsers(c *call) (answer, error) {
	viewer, err := h.viewer(c)
	if err != nil {
		return answer{}, err
	}
	filter, err := readUserFilter(c, viewer)
	if err != nil {
		return answer{}, err
	}
	users, total, err := h.service.ListUsers(c.Context(), c.caller, filter)
	if err != nil {
		return answer{}, err
	}
	if flag(c, "count") {
		return answer{Data: map[string]int{"count": total}}, nil
	}
	views, err := h.viewUsers(c, viewer, users)
	if err != nil {
		return answer{}, err
	}
	// Lists leave tags out unless asked for (contract 1.3.2).
	if !flag(c, "withTags") {
		for i := range views {
			views[i].Tags = nil
		}
	}
	return listed(views, filter.Page, total), nil
}

// readUserFilter takes every documented filter, and those that the SDKs send (contract 1.3.3, wire.md 4).
func readUserFilter(c *call, viewer *identity.User) (identity.UserFilter, error) {
	query := c.URL.Query()
	page, err := readPage(c)
	if err != nil {
		return identity.UserFilter{}, err
	}
	filter := identity.UserFilter{
		Page: page, SearchKey: query.Get("searchKey"), Tags: words(c, "tags"), SortBy: query.Get("sortBy"),
	}
	for _, text := range append(words(c, "roles"), words(c, "role")...) {
		role, err := identity.ParseUID(text)
		if err != nil {
			return filter, invalid("roles", "The roles may only hold ids of roles.")
		}
		filter.Roles = append(filter.Roles, string(role))
	}
	if texts := words(c, "uids"); texts != nil {
		if filter.UIDs, err = parseUIDs("uids", texts); err != nil {
			return filter, err
		}
	}
	searchIn := words(c, "searchIn")
	filter.SearchUID, filter.SearchName = slices.Contains(searchIn, "uid"), slices.Contains(searchIn, "name")
	if len(searchIn) > 0 && !filter.SearchUID && !filter.SearchName {
		return filter, invalid("searchIn", "The searchIn must be uid, name or both.")
	}
	if filter.Online, err = readStatus(query.Get("status")); err != nil {
		return filter, err
	}
	switch query.Get("sortOrder") {
	case "", "asc":
	case "desc":
		filter.Descending = true
	default:
		return filter, invalid("sortOrder", "The sortOrder must be asc or desc.")
	}
	// Clients never see deactivated users.
	if c.caller.Session == nil {
		switch {
		case flag(c, "onlyDeactivated"):
			filter.Activity = identity.DeactivatedOnly
		case flag(c, "withDeactivated"):
			filter.Activity = identity.AnyActivity
		}
	}
	if flag(c, "hideBlockedUsers") {
		filter.HideBlockedFor = viewer
	}
	return filter, nil
}

// readStatus takes the two words for being online too (contract C18).
func readStatus(text string) (*bool, error) {
	switch text {
	case "":
		return nil, nil
	case statusAvailable, "online":
		return new(true), nil
	case statusOffline:
		return new(false), nil
	}
	return nil, invalid("status", "The status must be available or offline.")
}
