package admin

import (
	"fmt"

	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// ManagementConfig says which server's apps to work on.
type ManagementConfig struct {
	// Host is the base URL of the server, as in [Config]. It is always needed.
	Host string
	// Key and Secret are what the server was started with (--management-key, --management-secret).
	Key    string
	Secret string
}

// Management is the API of who operates a server: it makes and removes whole apps, and
// rotates the keys that sign JWTs. It is safe for
// concurrent use. A server without management credentials has it switched off.
type Management struct {
	// Apps creates, reads, lists, changes, deletes and restores apps.
	Apps *AppsService
	// SigningKeys lists and rotates the keys that sign JWTs.
	SigningKeys *SigningKeysService
}

// NewManagement makes a client of the management API. It sends no request, so that wrong credentials
// show at the first call, as usher.CodeInvalidAuthHeader. Empty ones are usher.CodeEmptyAuthHeader
// here.
func NewManagement(config ManagementConfig, options ...Option) (*Management, error) {
	if config.Key == "" || config.Secret == "" {
		return nil, fmt.Errorf("admin: %w", usher.NewError(usher.CodeEmptyAuthHeader, nil))
	}
	shared, err := newService(transport.Settings{Host: config.Host, NoApp: true}, options)
	if err != nil {
		return nil, err
	}
	shared.key, shared.secret = config.Key, config.Secret
	return &Management{Apps: &AppsService{shared}, SigningKeys: &SigningKeysService{shared}}, nil
}
