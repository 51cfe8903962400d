package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/usherhq/usher/internal/sqlstore"
	"github.com/usherhq/usher/internal/vault"
)

// keysetFile is the name of the keyset where nothing else is said.
const keysetFile = "keyset.json"

// KeysetPath is where the keyset is: as said, else beside the data.
func (c Config) KeysetPath() string {
	if c.Keyset != "" {
		return c.Keyset
	}
	if path, isSQLite := strings.CutPrefix(c.Database, "sqlite:"); isSQLite {
		return filepath.Join(filepath.Dir(path), keysetFile)
	}
	return filepath.Join("usher-data", keysetFile)
}

// OpenStore opens the database with its keyset, and makes the keyset when there is none.
func (c Config) OpenStore(ctx context.Context, log *slog.Logger) (*sqlstore.Store, error) {
	if c.Database == "" {
		c.Database = DefaultDatabase
	}
	// A slip in the address must not leave a keyset behind.
	if err := sqlstore.CheckAddress(c.Database); err != nil {
		return nil, err
	}
	if c.KeysetText != "" {
		keys, err := vault.FromText(c.KeysetText)
		if err != nil {
			return nil, fmt.Errorf("USHER_KEYSET_TEXT: %w", err)
		}
		return sqlstore.Open(ctx, c.Database, keys)
	}
	path := c.KeysetPath()
	keys, created, err := vault.OpenFile(path)
	if err != nil {
		return nil, fmt.Errorf("open the keyset: %w", err)
	}
	store, err := sqlstore.Open(ctx, c.Database, keys)
	if created && errors.Is(err, sqlstore.ErrOtherKeyset) {
		// A new keyset for a database with another one's seals would only stand in the way of the right one.
		return nil, errors.Join(err, os.Remove(path))
	}
	if created && err == nil && !c.Dev {
		log.Warn("a keyset was made: keep a copy of it apart from the database, for without it no key and no token works",
			slog.String("keyset", path))
	}
	return store, err
}
