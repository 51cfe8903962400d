package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
)

// driver has the clients that the harness named.
type driver struct {
	out     *writer
	mu      sync.Mutex
	clients map[string]*client
}

// client is one of the harness.
type client struct {
	sdk     surface
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
	Connect       bool     `json:"connect"`
	Subscription  string   `json:"subscription"`
	Roles         []string `json:"roles"`
}

func (d *driver) make(name string, params newParams) error {
	made := &client{storage: newStorage(params.Store, params.StorageFails)}
	sdk, err := open(params, made.storage, addresses{d.out, name})
	if sdk == nil {
		return err
	}
	made.sdk = sdk
	d.mu.Lock()
	d.clients[name] = made
	d.mu.Unlock()
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
	case "createUser":
		return createUser(ctx, sdk, params.UID, params.Name, params.Key)
	case "close":
		sdk.Close()
		return nil, nil
	case "addLoginListener":
		d.listen(c.Client, known, params.Listener, params.Does)
		return nil, nil
	case "removeLoginListener":
		sdk.RemoveLoginListener(params.Listener)
		return nil, nil
	case "connect":
		return nil, sdk.Connect(ctx)
	case "disconnect":
		sdk.Disconnect()
		return nil, nil
	case "connectionStatus":
		return sdk.ConnectionStatus(), nil
	case "addConnectionListener":
		d.listenConnection(c.Client, known, params.Listener, params.Does)
		return nil, nil
	case "removeConnectionListener":
		sdk.RemoveConnectionListener(params.Listener)
		return nil, nil
	case "addUserListener":
		d.listenUsers(c.Client, known, params.Listener, params.Does)
		return nil, nil
	case "removeUserListener":
		sdk.RemoveUserListener(params.Listener)
		return nil, nil
	case "storageFail":
		known.storage.fail(params.Fails)
		return nil, nil
	}
	return nil, errors.New("there is no command " + c.Command)
}
