package main

import (
	"context"
	"encoding/json"
	"sync/atomic"

	"github.com/usherhq/usher/sdk/go/usher"
)

// action is what a listener does when it hears something.
type action struct {
	On      string          `json:"on"`
	Command string          `json:"command"`
	Params  json.RawMessage `json:"params"`
	// Times limits how often; 0 does not.
	Times int64 `json:"times"`
	done  atomic.Int64
}

// hearing writes what a listener hears, then does what is wanted then.
func (d *driver) hearing(name, id string, does []action) func(what string, value any) {
	return func(what string, value any) {
		d.out.write(event{Event: what, Client: name, Listener: id, Value: value})
		for i := range does {
			if does[i].On == what && (does[i].Times == 0 || does[i].done.Add(1) <= does[i].Times) {
				d.act(name, id, &does[i])
			}
		}
	}
}

func (d *driver) listenConnection(name string, known *client, id string, does []action) {
	hear := d.hearing(name, id, does)
	known.sdk.AddConnectionListener(id, usher.ConnectionListener{
		Connecting:   func() { hear("connecting", nil) },
		Connected:    func() { hear("connected", nil) },
		Disconnected: func() { hear("disconnected", nil) },
	})
}

func (d *driver) listenUsers(name string, known *client, id string, does []action) {
	hear := d.hearing(name, id, does)
	known.sdk.AddUserListener(id, usher.UserListener{
		UserOnline:  func(user *usher.User) { hear("userOnline", user) },
		UserOffline: func(user *usher.User) { hear("userOffline", user) },
	})
}

func (d *driver) listen(name string, known *client, id string, does []action) {
	hear := d.hearing(name, id, does)
	known.sdk.AddLoginListener(id, usher.LoginListener{
		LoginSuccess:  func(user *usher.User) { hear("loginSuccess", user) },
		LoginFailure:  func(err error) { hear("loginFailure", failureOf(err)) },
		LogoutSuccess: func(reason usher.LogoutReason) { hear("logoutSuccess", reason) },
		LogoutFailure: func(err error) { hear("logoutFailure", failureOf(err)) },
	})
}

func (d *driver) act(name, id string, what *action) {
	switch what.Command {
	case "throw":
		panic("the scenario wants a listener that panics")
	case "hang":
		select {}
	}
	result, err := d.run(context.Background(), command{Client: name, Command: what.Command, Params: what.Params})
	d.out.write(event{Event: "did", Client: name, Listener: id, Value: did{what.Command, outcomeOf(result, err)}})
}
