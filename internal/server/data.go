package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/rest"
	"github.com/usherhq/usher/internal/sqlstore"
)

// Data says which data a command works on without a server; the tags are for the command line.
type Data struct {
	Database   string `placeholder:"ADDRESS" help:"Where the data is kept, as for serve. Default: sqlite:usher-data/usher.db."`
	Keyset     string `placeholder:"FILE" help:"Keyset of the database, as for serve. Default: keyset.json beside the data."`
	KeysetText string `name:"keyset-text" hidden:"" help:"Content of a keyset; from the environment only."`
}

// Why data can't be opened: there is none, or a server has it.
var (
	ErrNoDatabase = errors.New("there is no database")
	ErrInUse      = sqlstore.ErrInUse
)

// OpenData is data in use. Close it.
type OpenData struct {
	Service *identity.Service
	store   *sqlstore.Store
}

// Open opens the database. It makes none: a slip in an address must not look like a server without users.
func (d Data) Open(ctx context.Context, log *slog.Logger) (*OpenData, error) {
	if err := d.find(); err != nil {
		return nil, err
	}
	store, err := Config{Database: d.Database, Keyset: d.Keyset, KeysetText: d.KeysetText}.OpenStore(ctx, log)
	if err != nil {
		return nil, err
	}
	return &OpenData{Service: identity.NewService(store, time.Now, rand.Reader), store: store}, nil
}

// find settles which database it is, and says when there is none.
func (d *Data) find() error {
	if d.Database == "" {
		d.Database = DefaultDatabase
	}
	if path, isSQLite := strings.CutPrefix(d.Database, "sqlite:"); isSQLite {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%w %s: say with --database where it is, or make one with usher serve", ErrNoDatabase, path)
		}
	}
	return nil
}

// Reseal writes every credential anew that older keys of the keyset sealed, and says how many those were,
// also when it fails. It makes neither a database nor a keyset.
func (d Data) Reseal(ctx context.Context, log *slog.Logger) (resealed int, err error) {
	if err := d.find(); err != nil {
		return 0, err
	}
	if _, err := d.openKeys(); err != nil {
		return 0, err
	}
	opened, err := d.Open(ctx, log)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	resealed, err = opened.store.Reseal(ctx, func(int) {})
	if err != nil {
		return resealed, fmt.Errorf("after %d credentials; run it again to go on: %w", resealed, err)
	}
	return resealed, nil
}

// defaultRegion is the region of an app where nothing else is said.
const defaultRegion = "us"

// API is the REST API on the data for the operator of the machine, as a running server would answer.
func (o *OpenData) API(webhooksAllowPrivate bool, log *slog.Logger) (http.Handler, error) {
	handler, err := rest.NewHandler(o.Service, rest.Config{Region: defaultRegion, WebhooksAllowPrivate: webhooksAllowPrivate, Log: log})
	if err != nil {
		return nil, err
	}
	return handler.Operator(), nil
}

// Close releases the database.
func (o *OpenData) Close() error { return o.store.Close() }
