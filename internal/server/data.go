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

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/rest"
	"github.com/usherhq/usher/internal/sqlstore"
)

// Data says which app's data a command works on without a server; the tags are for the command line.
type Data struct {
	Database   string `placeholder:"ADDRESS" help:"Where the data is kept, as for serve. Default: sqlite:usher-data/usher.db."`
	Keyset     string `placeholder:"FILE" help:"Keyset of the database, as for serve. Default: keyset.json beside the data."`
	KeysetText string `name:"keyset-text" hidden:"" help:"Content of a keyset; from the environment only."`
	AppID      string `name:"app-id" placeholder:"ID" help:"Id of the app. Needed only where there are several."`
}

// Why data can't be opened: there is none, or a server has it.
var (
	ErrNoDatabase = errors.New("there is no database")
	ErrInUse      = sqlstore.ErrInUse
)

// OpenData is an app's data in use. Close it.
type OpenData struct {
	Service *identity.Service
	// Caller is the operator of the machine, at work on the app.
	Caller identity.Caller
	store  *sqlstore.Store
}

// Open opens the database and finds the app. It makes neither: a slip in an address must not look
// like a server without users.
func (d Data) Open(ctx context.Context, log *slog.Logger) (*OpenData, error) {
	data, err := d.OpenWhole(ctx, log)
	if err != nil {
		return nil, err
	}
	app, err := d.findApp(ctx, data.Service)
	if err != nil {
		return nil, errors.Join(err, data.Close())
	}
	data.Caller.App = app
	return data, nil
}

// OpenWhole is Open for what concerns no app, or all of them: the caller works on none.
func (d Data) OpenWhole(ctx context.Context, log *slog.Logger) (*OpenData, error) {
	if d.Database == "" {
		d.Database = DefaultDatabase
	}
	if path, isSQLite := strings.CutPrefix(d.Database, "sqlite:"); isSQLite {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%w %s: say with --database where it is, or make one with usher serve", ErrNoDatabase, path)
		}
	}
	store, err := Config{Database: d.Database, Keyset: d.Keyset, KeysetText: d.KeysetText}.OpenStore(ctx, log)
	if err != nil {
		return nil, err
	}
	return &OpenData{
		Service: identity.NewService(store, time.Now, rand.Reader), Caller: identity.Caller{Operator: "cli"}, store: store,
	}, nil
}

func (d Data) findApp(ctx context.Context, service *identity.Service) (identity.App, error) {
	if d.AppID != "" {
		app, err := service.FindApp(ctx, d.AppID)
		if fault.CodeOf(err) == fault.CodeInvalidAppID {
			return app, fmt.Errorf("the database has no app %s", d.AppID)
		}
		return app, err
	}
	const named = 10
	apps, total, err := service.ListApps(ctx, identity.AppFilter{Page: identity.Page{Number: 1, Size: named}})
	switch {
	case err != nil:
		return identity.App{}, err
	case total == 0:
		return identity.App{}, errors.New("the database has no app yet: usher serve makes the first one")
	case total == 1:
		return apps[0], nil
	}
	ids := make([]string, len(apps))
	for i, app := range apps {
		ids[i] = string(app.ID)
	}
	list := strings.Join(ids, ", ")
	if total > named {
		list += ", …"
	}
	return identity.App{}, fmt.Errorf("the database has %d apps: choose one with --app-id (%s)", total, list)
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
