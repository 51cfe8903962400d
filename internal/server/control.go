package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
)

// The control socket lies in a folder of its own, which only the server's user may enter, however
// open the folder of the data is.
const (
	controlFolder = "control"
	controlFile   = "usher.sock"
	// longestSocketPath is a little less than what the narrowest of the systems takes.
	longestSocketPath = 100
)

// ControlSocket is where a server on the database listens for the operator of the machine, or empty
// where none does: with PostgreSQL, which needs no server to be worked on, and with --dev.
func (c Config) ControlSocket() string {
	if c.Database == "" {
		c.Database = DefaultDatabase
	}
	folder := c.dataFolder()
	if folder == "" {
		return ""
	}
	return filepath.Join(folder, controlFolder, controlFile)
}

// controlSocket answers the operator of the machine: whoever can open its socket, which are the server's own
// user and root.
type controlSocket struct {
	http     *http.Server
	listener net.Listener
	served   chan struct{}
}

// startControl listens on the control socket. The server is as good without it, so that what stands in
// its way is logged and no more. The database must be locked: then a socket that is there already was
// left behind by a server that was killed.
func startControl(ctx context.Context, config Config, operator http.Handler, log *slog.Logger) *controlSocket {
	path := config.ControlSocket()
	if path == "" {
		return nil
	}
	listener, err := listenControl(ctx, path)
	if err != nil {
		log.Warn("there is no control socket: the command line can work on this server with --url and --key only", slog.Any("error", err))
		return nil
	}
	c := &controlSocket{listener: listener, served: make(chan struct{}), http: &http.Server{
		Handler:           operator,
		ReadHeaderTimeout: readHeaderTimeLimit, ReadTimeout: readTimeLimit, WriteTimeout: writeTimeLimit,
		IdleTimeout: idleTimeLimit, MaxHeaderBytes: maxHeaderBytes,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}}
	go func() {
		defer close(c.served)
		if err := c.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("the control socket answers no more", slog.Any("error", err))
		}
	}()
	return c
}

func listenControl(ctx context.Context, path string) (net.Listener, error) {
	if len(path) > longestSocketPath {
		return nil, fmt.Errorf("the path %s is longer than the %d bytes that a socket's may have: name the database by a shorter one", path, longestSocketPath)
	}
	folder := filepath.Dir(path)
	if err := os.Mkdir(folder, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	if err := os.Chmod(folder, 0o700); err != nil { //nolint:gosec // a folder has to be entered
		return nil, err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	return listener, nil
}

// drain answers what has been asked and ends. A nil control has nothing to do.
func (c *controlSocket) drain(ctx context.Context) {
	if c == nil {
		return
	}
	if err := c.http.Shutdown(ctx); err != nil {
		// Whoever is still connected has had its time.
		_ = c.http.Close()
	}
	<-c.served
}
