package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/usherhq/usher/internal/server"
)

// doctorCommand takes the flags of serve, so that it judges what that would do.
type doctorCommand struct {
	server.Config

	JSON bool `name:"json" env:"-" help:"Print the findings as one JSON document, for scripts."`
}

// Help says what it looks at.
func (*doctorCommand) Help() string {
	return `Give it the flags and the environment of usher serve, on the same machine and as the same user. It
looks at the configuration, who may read the data, the database and its keyset, the disk, the clock,
and then goes the way of an SDK: the public URL, the settings, the hosts and certificates that these
lead to, and the socket. It changes nothing, and ends with 1 when something is broken.`
}

// Run prints the findings.
func (c *doctorCommand) Run(ctx context.Context) error {
	found := c.CheckUp(ctx)
	broken := 0
	for _, one := range found {
		if one.Verdict == server.Broken {
			broken++
		}
	}
	if c.JSON {
		if err := printValue(found); err != nil {
			return err
		}
	} else {
		for _, one := range found {
			fmt.Fprintf(os.Stdout, "%-5s %-14s %s\n", one.Verdict, one.What, printable(one.Text))
			if one.Advice != "" {
				fmt.Fprintf(os.Stdout, "%s → %s\n", strings.Repeat(" ", 18), printable(one.Advice))
			}
		}
	}
	if broken > 0 {
		return fmt.Errorf("%s broken", counted(int64(broken), "thing"))
	}
	return nil
}
