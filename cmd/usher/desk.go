package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"

	"github.com/usherhq/usher/internal/control"
	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/server"
	"github.com/usherhq/usher/internal/userfile"
)

// appData says which data, and which app in it.
type appData struct {
	server.Data

	AppID string `name:"app-id" placeholder:"ID" help:"Id of the app. Needed only where there are several."`
}

// desk is where users are moved by file and operators are looked after: in this process, with the data of a
// server that is stopped or on PostgreSQL, or in the server that has the data.
type desk interface {
	ImportUsers(ctx context.Context, in io.Reader, options control.ImportOptions) (userfile.Report, error)
	ExportUsers(ctx context.Context, appID string, out io.Writer, progress func(users, all int)) (int, error)
	ListOperators(ctx context.Context) ([]identity.Operator, error)
	InviteOperator(ctx context.Context, name string, role identity.OperatorRole) (identity.Invitation, error)
	ResetOperator(ctx context.Context, name string) (identity.Invitation, error)
	RemoveOperator(ctx context.Context, name string) error
}

// openDesk finds the desk for the data, and says where it is in the words for a person.
func openDesk(ctx context.Context, data server.Data) (found desk, release func() error, err error) {
	if socket := (server.Config{Database: data.Database}).ControlSocket(); socket != "" && answers(ctx, socket) {
		client := control.NewClient(socket)
		fmt.Fprintln(os.Stderr, onRunningServer)
		return client, client.Close, nil
	}
	opened, err := data.Open(ctx, slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return nil, nil, noDesk(err)
	}
	fmt.Fprintln(os.Stderr, directlyOn(data.Database))
	return control.Desk{Service: opened.Service}, opened.Close, nil
}

// noDesk says what to do when the data can't be opened.
func noDesk(err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: run this as the user that the server runs as", err)
	case errors.Is(err, server.ErrInUse):
		return errors.New("a server runs on this database, and does not answer at its control socket (its log says why): stop it first")
	}
	return err
}
