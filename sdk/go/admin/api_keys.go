package admin

import (
	"context"
	"iter"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// APIKeysService works on the API keys of the app.
type APIKeysService struct{ service }

// Scope is what an API key may do.
type Scope string

// The scopes. A key of the scope ScopeAuthOnly creates and updates users and issues auth tokens, as
// far as the app's AuthOnlyAccess lets it; one of ScopeFullAccess does everything.
const (
	ScopeAuthOnly   Scope = "authOnly"
	ScopeFullAccess Scope = "fullAccess"
)

// APIKey is a key of the app. Times are Unix seconds.
type APIKey struct {
	// Key is the credential itself. Printing or logging an APIKey leaves it out.
	Key   string `json:"apiKey"`
	Name  string `json:"name"`
	Scope Scope  `json:"scope"`
	// CreatedBy is "app_system" for the two keys that an app starts with.
	CreatedBy string `json:"createdBy,omitempty"`
	CreatedAt int64  `json:"createdAt"`
	// LastUsedAt is right within a minute or so, and 0 before the first use.
	LastUsedAt int64 `json:"lastUsedAt,omitempty"`
	// Disabled keys are refused like unknown ones.
	Disabled bool `json:"disabled,omitempty"`
}

// String leaves the credential out.
func (k APIKey) String() string { return "API key " + k.Name }

// GoString leaves the credential out.
func (k APIKey) GoString() string { return k.String() }

// LogValue leaves the credential out.
func (k APIKey) LogValue() slog.Value { return slog.StringValue(k.String()) }

// NewAPIKey is a key to create.
type NewAPIKey struct {
	// Name is at most 100 characters, an emoji counted as two.
	Name string `json:"name"`
	// Scope is ScopeAuthOnly unless given.
	Scope Scope `json:"scope,omitempty"`
}

// APIKeyChanges is what to change about a key. What is empty stays as it is.
type APIKeyChanges struct {
	Name     string `json:"name,omitempty"`
	Scope    Scope  `json:"scope,omitempty"`
	Disabled *bool  `json:"disabled,omitempty"`
}

// APIKeyListOptions says which keys to list. Zero leaves the choice to the server: all keys.
type APIKeyListOptions struct {
	// Page counts from 1.
	Page int
	// PerPage is at most 1000; 100 unless given.
	PerPage int
	Scope   Scope
	// SearchKey is what the name contains, in any case; at most 100 characters.
	SearchKey string
}

// Create makes a key; the server chooses its value. An app has at most 25 keys. Codes:
// usher.CodeBadRequest and usher.CodeQuotaExceeded.
func (s *APIKeysService) Create(ctx context.Context, key NewAPIKey) (*APIKey, error) {
	return get(ctx, s.service, transport.Request{Method: http.MethodPost, Path: []string{"apikeys"}, Body: key}, hasKey)
}

// List gives one page of keys, oldest first, with their values. Code: usher.CodeBadRequest.
func (s *APIKeysService) List(ctx context.Context, options APIKeyListOptions) (*Page[APIKey], error) {
	q := ListOptions{Page: options.Page, PerPage: options.PerPage}.query()
	q.text("scope", string(options.Scope))
	q.text("searchKey", options.SearchKey)
	return list(ctx, s.service, transport.Request{Path: []string{"apikeys"}, Query: url.Values(q)}, hasKey)
}

// All gives every key that List would give, page after page, and ends with the first error.
func (s *APIKeysService) All(ctx context.Context, options APIKeyListOptions) iter.Seq2[*APIKey, error] {
	return all(options.Page, func(page int) (*Page[APIKey], error) {
		options.Page = page
		return s.List(ctx, options)
	})
}

// Get gives the key of a value. Codes: those of usher.CheckAPIKey, and usher.CodeUnknownPathAPIKey.
func (s *APIKeysService) Get(ctx context.Context, key string) (*APIKey, error) {
	if err := usher.CheckAPIKey(key); err != nil {
		return nil, err
	}
	return get(ctx, s.service, transport.Request{Method: http.MethodGet, Path: []string{"apikeys"}, Secret: key}, hasKey)
}

// Update changes a key and gives the result. Codes: those of usher.CheckAPIKey,
// usher.CodeUnknownPathAPIKey, usher.CodeBadRequest, and usher.CodeAPIKeySelfAction for the key of
// this client, which cannot change itself.
func (s *APIKeysService) Update(ctx context.Context, key string, changes APIKeyChanges) (*APIKey, error) {
	if err := usher.CheckAPIKey(key); err != nil {
		return nil, err
	}
	request := transport.Request{Method: http.MethodPut, Path: []string{"apikeys"}, Secret: key, Body: changes}
	return get(ctx, s.service, request, hasKey)
}

// Delete removes a key, which stops working at once; auth tokens that it issued go on. Codes: those
// of usher.CheckAPIKey, usher.CodeUnknownPathAPIKey, and usher.CodeAPIKeySelfAction for the key of
// this client.
func (s *APIKeysService) Delete(ctx context.Context, key string) error {
	if err := usher.CheckAPIKey(key); err != nil {
		return err
	}
	return s.remove(ctx, transport.Request{Path: []string{"apikeys"}, Secret: key})
}

func hasKey(key *APIKey) bool { return key.Key != "" }
