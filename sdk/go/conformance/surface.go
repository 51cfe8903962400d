package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/usherhq/usher/sdk/go/calls"
	"github.com/usherhq/usher/sdk/go/chat"
	"github.com/usherhq/usher/sdk/go/usher"
)

// surface is what the packages of the SDK have in common. Methods of a client that init did not make
// say so.
type surface interface {
	Login(ctx context.Context, uid, key string) (*usher.User, error)
	LoginWithAuthToken(ctx context.Context, token string) (*usher.User, error)
	LoggedInUser() *usher.User
	IsUserLoggedIn() bool
	UserAuthToken() string
	Logout(ctx context.Context) (string, error)
	CheckSession(ctx context.Context) (*usher.User, error)
	Close()
	AddLoginListener(id string, listener usher.LoginListener)
	RemoveLoginListener(id string)
	ConnectionStatus() usher.ConnectionStatus
	Connect(ctx context.Context) error
	Disconnect()
	AddConnectionListener(id string, listener usher.ConnectionListener)
	RemoveConnectionListener(id string)
	AddUserListener(id string, listener usher.UserListener)
	RemoveUserListener(id string)
}

// open gives the surface that is asked for, initialised if that is wanted and works.
func open(params newParams, storage usher.Storage, tell http.RoundTripper) (surface, error) {
	switch params.Surface {
	case "", "calls":
		if params.Uninitialised {
			return (*calls.Client)(nil), nil
		}
		return openCalls(params, storage, tell)
	case "chat":
		if params.Uninitialised {
			return chatSurface{}, nil
		}
		return openChat(params, storage, tell)
	}
	return nil, fmt.Errorf("there is no surface %q", params.Surface)
}

func openCalls(params newParams, storage usher.Storage, tell http.RoundTripper) (surface, error) {
	options := []calls.Option{
		calls.WithStorage(storage), calls.WithAutoConnect(params.Connect),
		calls.WithPresence(usher.Subscription(params.Subscription), params.Roles...),
	}
	if params.TimeoutMS > 0 {
		options = append(options, calls.WithTimeout(params.timeout()))
	}
	if params.URLs {
		options = append(options, calls.WithHTTPClient(&http.Client{Transport: tell}))
	}
	return calls.New(calls.Config{
		AppID: params.AppID, Region: params.Region,
		Host: params.Host, AdminHost: params.AdminHost, ClientHost: params.ClientHost,
	}, options...)
}

func openChat(params newParams, storage usher.Storage, tell http.RoundTripper) (surface, error) {
	options := []chat.Option{chat.WithStorage(storage), chat.WithAutoConnect(params.Connect)}
	if params.TimeoutMS > 0 {
		options = append(options, chat.WithTimeout(params.timeout()))
	}
	if params.URLs {
		options = append(options, chat.WithHTTPClient(&http.Client{Transport: tell}))
	}
	client, err := chat.New(chat.AppSettings{
		AppID: params.AppID, Region: params.Region,
		Subscription: usher.Subscription(params.Subscription), Roles: params.Roles,
		Host: params.Host, AdminHost: params.AdminHost, ClientHost: params.ClientHost,
	}, options...)
	return chatSurface{client}, err
}

func (p newParams) timeout() time.Duration { return time.Duration(p.TimeoutMS) * time.Millisecond }

// chatSurface has the getters of the Chat SDK under the names that calls has for them.
type chatSurface struct{ *chat.Client }

// LoggedInUser gives the user who is in, or nil.
func (s chatSurface) LoggedInUser() *usher.User { return s.GetLoggedInUser() }

// IsUserLoggedIn is what an app makes of the getter.
func (s chatSurface) IsUserLoggedIn() bool { return s.GetLoggedInUser() != nil }

// ConnectionStatus says how the connection is.
func (s chatSurface) ConnectionStatus() usher.ConnectionStatus { return s.GetConnectionStatus() }

// UserAuthToken gives the session's token.
func (s chatSurface) UserAuthToken() string { return s.GetUserAuthToken() }

var errNoUsers = errors.New("only the surface chat creates users")

// createUser is what only one surface has.
func createUser(ctx context.Context, sdk surface, uid, name, key string) (*usher.User, error) {
	if of, ok := sdk.(chatSurface); ok {
		return of.CreateUser(ctx, usher.User{UID: uid, Name: name}, key)
	}
	return nil, errNoUsers
}
