// Command usher is a self-hosted authentication server for chat and calling apps.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/usherhq/usher/internal/server"
)

// commands is the command line.
type commands struct {
	Serve    serveCommand    `cmd:"" help:"Serve. Keeps its data under ./usher-data unless told otherwise."`
	Demo     demoCommand     `cmd:"" help:"Play a login story against a temporary server and print it."`
	Apps     appsCommand     `cmd:"" help:"List, create and change apps."`
	Keys     keysCommand     `cmd:"" help:"List, create and change API keys."`
	Users    usersCommand    `cmd:"" help:"List, create and change users, and who blocks whom."`
	Roles    rolesCommand    `cmd:"" help:"List, create and change roles."`
	Tokens   tokensCommand   `cmd:"" help:"Issue, list and revoke auth tokens."`
	Events   eventsCommand   `cmd:"" help:"Read the log of everything that happened."`
	Webhooks webhooksCommand `cmd:"" help:"List, create and change webhooks, and see what was delivered."`
	JWTKeys  jwtKeysCommand  `cmd:"" name:"jwt-keys" help:"Look after the keys that sign JWTs."`
	Import   importCommand   `cmd:"" help:"Add to an app's data from a file."`
	Export   exportCommand   `cmd:"" help:"Write an app's data to a file."`
	Health   healthCommand   `cmd:"" help:"Ask a running server whether it is ready; succeeds when it is."`
	Doctor   doctorCommand   `cmd:"" help:"Look for what is wrong, and say what to do."`
	Backup   backupCommand   `cmd:"" help:"Copy the database to a file, while the server runs."`
	Restore  restoreCommand  `cmd:"" help:"Put a backup in the place of the database."`
	Keyset   keysetCommand   `cmd:"" help:"Look after the keyset that seals keys and tokens in the database."`

	Completion      completionCommand      `cmd:"" help:"Print what makes a shell complete commands and flags."`
	CompletionWords completionWordsCommand `cmd:"" hidden:""`

	Version kong.VersionFlag `env:"-" help:"Print the version and exit."`

	Operators operatorsCommand `cmd:"" help:"Look after the people who use the console."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends the process at once.
	context.AfterFunc(ctx, stop)
	var chosen commands
	parsed := kong.Parse(&chosen, append(commandLine,
		kong.Vars{"version": server.Version}, kong.ShortUsageOnError(), kong.Exit(exit), kong.BindTo(ctx, (*context.Context)(nil)))...)
	if err := parsed.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "usher: "+err.Error())
		os.Exit(exitCode(err))
	}
}
