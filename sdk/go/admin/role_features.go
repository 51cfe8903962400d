package admin

import (
	"context"
	"net/http"

	"github.com/usherhq/usher/sdk/go/internal/transport"
)

// FeatureListUsers is the feature of clients that list users, the one that the server itself enforces.
const FeatureListUsers = "u.listUsers"

// restrictedFeatures is how the server answers; a list that is missing is none of its answers.
type restrictedFeatures struct {
	Features []string `json:"restrictedFeatures"`
}

func hasFeatures(answer *restrictedFeatures) bool { return answer.Features != nil }

// Restrict takes features, such as [FeatureListUsers], from the users of a role, and gives all that
// they are without. A role may be without 100. Codes: usher.CodeUnknownRole and usher.CodeBadRequest.
func (s *RolesService) Restrict(ctx context.Context, id string, features ...string) ([]string, error) {
	return s.features(ctx, http.MethodPost, id, map[string]any{"featuresToRestrict": features})
}

// Restricted lists the features that the users of a role are without. Code: usher.CodeUnknownRole.
func (s *RolesService) Restricted(ctx context.Context, id string) ([]string, error) {
	return s.features(ctx, http.MethodGet, id, nil)
}

// Allow gives features back to the users of a role, all of them when none is named, and gives those
// that they are still without. Codes: usher.CodeUnknownRole and usher.CodeBadRequest.
func (s *RolesService) Allow(ctx context.Context, id string, features ...string) ([]string, error) {
	body := map[string]any{"featuresToAllow": features}
	if len(features) == 0 {
		body = map[string]any{"allowAll": true}
	}
	return s.features(ctx, http.MethodDelete, id, body)
}

func (s *RolesService) features(ctx context.Context, method, id string, body any) ([]string, error) {
	if err := checkRole(id); err != nil {
		return nil, err
	}
	answer, err := get(ctx, s.service, transport.Request{Method: method, Path: []string{"roles", id, "restrictedfeatures"}, Body: body}, hasFeatures)
	if err != nil {
		return nil, err
	}
	return answer.Features, nil
}
