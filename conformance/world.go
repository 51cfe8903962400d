package conformance

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/usherhq/usher/internal/server"
	"github.com/usherhq/usher/sdk/go/admin"
)

var (
	onlySDKs = flag.String("sdk", "", "names of SDKs, with commas between: drive these, and fail when one cannot be driven")
	update   = flag.Bool("update", false, "write docs/conformance.md")
)

// Scenarios wait for time limits and each other far more than they compute; but with five SDKs that keep
// connections, sixteen at once kept two cores so busy that requests with short limits ran out of time.
const parallel = "6"

// world is what all scenarios share.
type world struct {
	root         string
	folder       string
	server       *server.Server
	proxy        *proxy
	backEnd      *admin.Client
	requirements map[string]Requirement
	order        []Requirement
	sdks         []*SDK
	skipped      map[string]string // name to reason

	mu       sync.Mutex
	users    int
	clients  int
	outcomes map[string]map[string]string // SDK to requirement to cell
}

var here *world

// Main runs the scenarios of a test program and holds docs/conformance.md against what came out.
func Main(m *testing.M) int {
	flag.Parse()
	_ = flag.Set("test.parallel", parallel)
	var err error
	if here, err = build(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		return 1
	}
	code := m.Run()
	if err := here.close(); err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		return 1
	}
	if code == 0 && flag.Lookup("test.run").Value.String() == "" {
		if err := here.settleTable(*update); err != nil {
			fmt.Fprintln(os.Stderr, "conformance:", err)
			return 1
		}
	}
	return code
}

func build(ctx context.Context) (_ *world, err error) {
	w := &world{
		root: "..", requirements: make(map[string]Requirement), skipped: make(map[string]string),
		outcomes: make(map[string]map[string]string),
	}
	if w.order, err = Requirements(w.root); err != nil {
		return nil, err
	}
	for _, requirement := range w.order {
		w.requirements[requirement.ID] = requirement
	}
	if w.folder, err = os.MkdirTemp("", "usher-conformance-"); err != nil {
		return nil, err
	}
	if err := w.start(ctx); err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

func (w *world) start(ctx context.Context) (err error) {
	if err := w.chooseSDKs(ctx); err != nil {
		return err
	}
	log := slog.New(slog.DiscardHandler)
	if w.server, err = server.Start(ctx, server.Config{Dev: true, Listen: "127.0.0.1:0", Region: "us"}, log); err != nil {
		return err
	}
	if w.proxy, err = startProxy(ctx, w.server.URL()); err != nil {
		return err
	}
	w.backEnd, err = admin.New(admin.Config{
		AppID: w.appID(), Host: w.server.URL(), APIKey: string(w.server.App().RESTKey),
	})
	return err
}

// chooseSDKs prepares the wanted drivers, or all that can be run here.
func (w *world) chooseSDKs(ctx context.Context) error {
	all, err := registered(w.root)
	if err != nil {
		return err
	}
	wanted := strings.FieldsFunc(*onlySDKs, func(r rune) bool { return r == ',' })
	for _, name := range wanted {
		if !slices.ContainsFunc(all, func(sdk *SDK) bool { return sdk.Name == name }) {
			return fmt.Errorf("drivers.json has no SDK %s", name)
		}
	}
	for _, sdk := range all {
		if len(wanted) > 0 && !slices.Contains(wanted, sdk.Name) {
			w.skipped[sdk.Name] = "another SDK was asked for"
			continue
		}
		reason := sdk.missing()
		if reason == "" {
			if err := sdk.prepare(ctx, w.folder); err != nil {
				reason = err.Error()
			}
		}
		switch {
		case reason == "":
			w.sdks = append(w.sdks, sdk)
		case len(wanted) > 0 || sdk.Name == "go":
			return fmt.Errorf("the SDK %s cannot be driven: %s", sdk.Name, reason)
		default:
			w.skipped[sdk.Name] = reason
		}
	}
	return nil
}

func (w *world) appID() string { return string(w.server.App().App.ID) }

func (w *world) close() error {
	var failures []error
	for _, sdk := range w.sdks {
		if sdk.one != nil {
			sdk.one.kill()
		}
	}
	if w.proxy != nil {
		failures = append(failures, w.proxy.http.Close())
	}
	if w.server != nil {
		failures = append(failures, w.server.Close())
	}
	return errors.Join(append(failures, os.RemoveAll(filepath.Clean(w.folder)))...)
}

// number counts users and clients, so that every scenario has its own.
func (w *world) number(counter *int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	*counter++
	return *counter
}

func (w *world) record(sdk, id, cell string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.outcomes[sdk] == nil {
		w.outcomes[sdk] = make(map[string]string)
	}
	w.outcomes[sdk][id] = cell
}
