package main

import (
	"encoding/json"

	"github.com/usherhq/usher/sdk/go/usher"
)

// command is one line of the harness.
type command struct {
	ID      int             `json:"id"`
	Client  string          `json:"client"`
	Command string          `json:"command"`
	Params  json.RawMessage `json:"params"`
}

// takesTime says whether others must be able to come while the command runs.
func (c command) takesTime() bool {
	switch c.Command {
	case "login", "loginWithAuthToken", "logout", "checkSession", "createUser", "close", "connect":
		return true
	}
	return false
}

// reply answers a command.
type reply struct {
	ID int `json:"id"`
	outcome
}

// outcome has either a result, which may be null, or an error.
type outcome struct {
	Result json.RawMessage `json:"result,omitempty"`
	Error  *failure        `json:"error,omitempty"`
}

type failure struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

func outcomeOf(result any, err error) outcome {
	if err != nil {
		return outcome{Error: failureOf(err)}
	}
	encoded, err := json.Marshal(result)
	if err != nil {
		return outcome{Error: failureOf(err)}
	}
	return outcome{Result: encoded}
}

// driverCode is the code of what is not the SDK's fault.
const driverCode = "DRIVER"

func failureOf(err error) *failure {
	code := string(usher.CodeOf(err))
	if code == "" {
		code = driverCode
	}
	return &failure{Code: code, Message: err.Error()}
}

// event is something that happened without being asked for.
type event struct {
	Event    string `json:"event"`
	Client   string `json:"client"`
	Listener string `json:"listener,omitempty"`
	Value    any    `json:"value"`
}

// did is what a listener did when it heard something.
type did struct {
	Command string `json:"command"`
	outcome
}
