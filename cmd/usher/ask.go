package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// input is standard input for what is asked: one reader, for it may take more lines than it gives.
var input = bufio.NewReader(os.Stdin)

// given is a secret that was named on the command line, or is to be read from standard input, which
// keeps it out of the shell's history.
func given(secret, what string) (string, error) {
	if secret != "-" {
		return secret, nil
	}
	if isTerminal(os.Stdin) {
		fmt.Fprintf(os.Stderr, "Enter %s: ", what)
	}
	line, err := input.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read %s from standard input: %w", what, err)
	}
	if secret = strings.TrimSpace(line); secret == "" {
		return "", usageError("standard input holds nothing: expected " + what)
	}
	return secret, nil
}

// confirmed lets a command go on that can't be undone.
type confirmed struct {
	Yes bool `env:"-" short:"y" help:"Don't ask whether it is meant."`
}

// ask gives an error unless the person means it.
func (c confirmed) ask(question string) error {
	if c.Yes {
		return nil
	}
	if !isTerminal(os.Stdin) {
		return usageError("this can't be undone, and there is nobody to ask: give --yes")
	}
	fmt.Fprintf(os.Stderr, "%s [y/N] ", printable(question))
	line, err := input.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes":
		return nil
	}
	return errors.New("nothing was changed")
}

// object is the text of a JSON object on the command line.
type object string

// Validate refuses what is no object.
func (o object) Validate() error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(o), &fields); err != nil {
		return usageError("must be a JSON object, such as '{\"team\":\"blue\"}'")
	}
	return nil
}

// raw is the object in a body, or nothing.
func (o object) raw() json.RawMessage {
	if o == "" {
		return nil
	}
	return json.RawMessage(o)
}
