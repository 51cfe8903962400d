package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/usherhq/usher/sdk/go/calls"
)

// driver has the clients that the harness named.
type driver struct {
	out     *writer
	mu      sync.Mutex
	clients map[string]*client
}

// client is nil inside when init failed or was not wanted: the SDK's methods then say so.
type client struct {
	sdk     *calls.Client
	storage *storage
}

type newParams struct {
	Store         string   `json:"store"`
	AppID         string   `json:"appId"`
	Region        string   `json:"region"`
	Host          string   `json:"host"`
	AdminHost     string   `json:"adminHost"`
	ClientHost    string   `json:"clientHost"`
	TimeoutMS     int      `json:"timeoutMs"`
	Surface       string   `json:"surface"`
	StorageFails  []string `json:"storageFails"`
	Uninitialised bool     `json:"uninitialised"`
	URLs          bool     `json:"urls"`
}

func (d *driver) make(name string, params newParams) error {
	if params.Surface != "" && params.Surface != "calls" {
		return fmt.Errorf("there is no surface %q", params.Surface)
	}
	made := &client{storage: newStorage(params.Store, params.StorageFails)}
	d.mu.Lock()
	d.clients[name] = made
	d.mu.Unlock()
	if params.Uninitialised {
		return nil
	}
	options := []calls.Option{calls.WithStorage(made.storage)}
	if params.TimeoutMS > 0 {
		options = append(options, calls.WithTimeout(time.Duration(params.TimeoutMS)*time.Millisecond))
	}
	if params.URLs {
		options = append(options, calls.WithHTTPClient(&http.Client{Transport: addresses{d.out, name}}))
	}
	sdk, err := calls.New(calls.Config{
		AppID: params.AppID, Region: params.Region,
		Host: params.Host, AdminHost: params.AdminHost, ClientHost: params.ClientHost,
	}, options...)
	made.sdk = sdk
	return err
}

func (d *driver) client(name string) (*client, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if known := d.clients[name]; known != nil {
		return known, nil
	}
	return nil, fmt.Errorf("there is no client %q", name)
}

// run does one command; its errors without a code are the driver's own.
func (d *driver) run(ctx context.Context, c command) (any, error) {
	var params struct {
		newParams

		UID      string   `json:"uid"`
		Key      string   `json:"key"`
		Token    string   `json:"token"`
		Listener string   `json:"listener"`
		Does     []action `json:"does"`
		Name     string   `json:"name"`
		Value    string   `json:"value"`
		Fails    []string `json:"fails"`
	}
	if len(c.Params) > 0 {
		if err := json.Unmarshal(c.Params, &params); err != nil {
			return nil, err
		}
	}
	switch c.Command {
	case "new":
		return nil, d.make(c.Client, params.newParams)
	case "storageEntries":
		return newStorage(params.Store, nil).entries()
	case "storagePut":
		return nil, newStorage(params.Store, nil).Save(params.Name, []byte(params.Value))
	}
	known, err := d.client(c.Client)
	if err != nil {
		return nil, err
	}
	sdk := known.sdk
	switch c.Command {
	case "login":
		return sdk.Login(ctx, params.UID, params.Key)
	case "loginWithAuthToken":
		return sdk.LoginWithAuthToken(ctx, params.Token)
	case "loggedInUser":
		return sdk.LoggedInUser(), nil
	case "isUserLoggedIn":
		return sdk.IsUserLoggedIn(), nil
	case "userAuthToken":
		return sdk.UserAuthToken(), nil
	case "logout":
		return sdk.Logout(ctx)
	case "checkSession":
		return sdk.CheckSession(ctx)
	case "close":
		sdk.Close()
		return nil, nil
	case "addLoginListener":
		d.listen(c.Client, known, params.Listener, params.Does)
		return nil, nil
	case "removeLoginListener":
		sdk.RemoveLoginListener(params.Listener)
		return nil, nil
	case "storageFail":
		known.storage.fail(params.Fails)
		return nil, nil
	}
	return nil, errors.New("there is no command " + c.Command)
}
