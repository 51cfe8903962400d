package main

import (
	"errors"
	"os"
	"slices"

	"github.com/alecthomas/kong"
)

// commandLine is what makes kong speak as Usher does.
var commandLine = []kong.Option{
	kong.Name("usher"),
	kong.Description("Usher checks people in before a conversation: authentication for chat and calling apps."),
	kong.ConfigureHelp(kong.HelpOptions{NoExpandSubcommands: true, Compact: true}),
	kong.ExplicitGroups([]kong.Group{{Key: "where", Title: "Where to work:"}, {Key: "output", Title: "Output:"}}),
	kong.PostBuild(keepFromEnvironment), kong.DefaultEnvars("USHER"),
}

// keepFromEnvironment lets the environment say where to work, and never what to do there: a
// USHER_YES or USHER_ROLE that somebody left behind must not change what a command means.
func keepFromEnvironment(k *kong.Kong) error {
	for _, command := range k.Model.Children {
		if slices.ContainsFunc(command.Flags, func(flag *kong.Flag) bool { return flag.Name == "url" }) {
			keepNode(command)
		}
	}
	return nil
}

func keepNode(node *kong.Node) {
	for _, flag := range node.Flags {
		if (flag.Group == nil || flag.Group.Key != "where") && len(flag.Envs) == 0 {
			flag.Envs = []string{"-"}
		}
	}
	for _, child := range node.Children {
		keepNode(child)
	}
}

// How a command ends that did not do what it should.
const (
	exitFailure = 1
	exitUsage   = 2
)

// usageError is a command that was not given what it needs, or too much.
type usageError string

func (e usageError) Error() string { return string(e) }

// exitCode is what an error ends the process with.
func exitCode(err error) int {
	if _, isUsage := errors.AsType[usageError](err); isUsage {
		return exitUsage
	}
	return exitFailure
}

// exit ends the process with the code of other programs where kong has one of its own for a command
// that can't be read.
func exit(code int) {
	if code > exitUsage {
		code = exitUsage
	}
	os.Exit(code)
}
