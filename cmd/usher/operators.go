package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/usherhq/usher/internal/dashboard"
	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/server"
)

// operatorsCommand looks after the people who use the console, for when none of them can.
type operatorsCommand struct {
	List   listOperatorsCommand  `cmd:"" help:"List the operators."`
	Invite inviteOperatorCommand `cmd:"" help:"Print a link that makes somebody an operator."`
	Reset  resetOperatorCommand  `cmd:"" help:"Print a link that sets an operator's password anew and takes the authenticator away."`
	Remove removeOperatorCommand `cmd:"" help:"Remove an operator, who is signed out at once."`
}

// Help says what to do beside a running server.
func (*operatorsCommand) Help() string {
	return `Operators are the people who use the console; owners manage them there. This is for when no owner can get
in: whoever may read the database and its keyset, or is the user that the server runs as, may do all of it.`
}

// operatorsFlags say which database has the operators.
type operatorsFlags struct{ server.Data }

// with has the operators at hand for as long as it takes to do something.
func (f operatorsFlags) with(ctx context.Context, do func(desk) error) error {
	desk, release, err := openDesk(ctx, f.Data)
	if err != nil {
		return err
	}
	return errors.Join(do(desk), release())
}

type listOperatorsCommand struct{ operatorsFlags }

// Run prints the operators by name.
func (c *listOperatorsCommand) Run(ctx context.Context) error {
	return c.with(ctx, func(desk desk) error {
		operators, err := desk.ListOperators(ctx)
		if err != nil {
			return err
		}
		if len(operators) == 0 {
			_, err = fmt.Fprintln(os.Stdout, "There are no operators yet: usher serve prints a link that makes the first one.")
			return err
		}
		table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "NAME\tROLE\tAUTHENTICATOR\tSIGNED IN")
		for _, operator := range operators {
			authenticator, signedIn := "no", "never"
			if operator.HasSecondFactor {
				authenticator = "yes"
			}
			if !operator.SignedInAt.IsZero() {
				signedIn = operator.SignedInAt.UTC().Format(time.RFC3339)
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", operator.Name, operator.Role, authenticator, signedIn)
		}
		return table.Flush()
	})
}

// linkFlags say where the people who get a link find the server.
type linkFlags struct {
	PublicURL string `name:"public-url" default:"http://127.0.0.1:8080" placeholder:"URL" help:"Where people reach the server, for the link. Default: ${default}."`
}

// check takes an address that a browser can open.
func (f linkFlags) check() error {
	if !strings.HasPrefix(f.PublicURL, "http://") && !strings.HasPrefix(f.PublicURL, "https://") {
		return fmt.Errorf("--public-url %s: must start with https:// or http://", f.PublicURL)
	}
	return nil
}

// print shows a link. The code stands behind the #, which browsers send to nobody.
func (f linkFlags) print(text string, invitation identity.Invitation) error {
	_, err := fmt.Fprintf(os.Stdout, "%s It is good once, and until %s:\n  %s%s#%s\n", text, invitation.ExpiresAt.UTC().Format(time.RFC3339),
		strings.TrimSuffix(f.PublicURL, "/"), dashboard.WelcomePath, string(invitation.Code))
	return err
}

type inviteOperatorCommand struct {
	operatorsFlags
	linkFlags

	Name string                `arg:"" help:"Name that the operator signs in with."`
	Role identity.OperatorRole `default:"viewer" placeholder:"ROLE" help:"What the operator may do: owner, developer or viewer. Default: ${default}."`
}

// Run makes an invitation and prints its link.
func (c *inviteOperatorCommand) Run(ctx context.Context) error {
	if err := c.check(); err != nil {
		return err
	}
	return c.with(ctx, func(desk desk) error {
		invitation, err := desk.InviteOperator(ctx, c.Name, c.Role)
		if err != nil {
			return err
		}
		return c.print(fmt.Sprintf("This link makes an operator named %s, with the role %s.", invitation.Name, invitation.Role), invitation)
	})
}

type resetOperatorCommand struct {
	operatorsFlags
	linkFlags

	Name string `arg:"" help:"Name of the operator."`
}

// Run makes an invitation for an operator there is and prints its link.
func (c *resetOperatorCommand) Run(ctx context.Context) error {
	if err := c.check(); err != nil {
		return err
	}
	return c.with(ctx, func(desk desk) error {
		invitation, err := desk.ResetOperator(ctx, c.Name)
		if err != nil {
			return nameIn(err, c.Name)
		}
		return c.print(fmt.Sprintf("With this link, %s sets another password, and then needs no authenticator.", invitation.Name), invitation)
	})
}

type removeOperatorCommand struct {
	operatorsFlags

	Name string `arg:"" help:"Name of the operator."`
}

// Run removes an operator. The last owner stays.
func (c *removeOperatorCommand) Run(ctx context.Context) error {
	return c.with(ctx, func(desk desk) error {
		if err := desk.RemoveOperator(ctx, c.Name); err != nil {
			return nameIn(err, c.Name)
		}
		_, err := fmt.Fprintf(os.Stdout, "%s was removed.\n", c.Name)
		return err
	})
}

// nameIn says whom an error is about.
func nameIn(err error, name string) error { return fmt.Errorf("%s: %w", name, err) }
