package session

import (
	"log/slog"
	"strings"

	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// deviceBody is what a login tells the server about the device.
type deviceBody struct {
	Platform string  `json:"platform"`
	DeviceID string  `json:"deviceId"`
	AppInfo  appInfo `json:"appInfo"`
}

type appInfo struct {
	Version    string `json:"version"`
	APIVersion string `json:"apiVersion"`
	UserAgent  string `json:"userAgent"`
}

func newDeviceBody(deviceID string) deviceBody {
	return deviceBody{
		Platform: "GO",
		DeviceID: deviceID,
		AppInfo: appInfo{
			Version:    "v" + usher.Version,
			APIVersion: "v3.0",
			UserAgent:  transport.UserAgent(),
		},
	}
}

// newResource names this client until the program ends, in the form that the official SDKs use.
func newResource() string {
	return transport.NewID("GO-"+strings.ReplaceAll(usher.Version, ".", "_"), "-")
}

// restoreDeviceID gives the stored id, or stores a new one: the same device keeps one id for all
// its users.
func (c *Client) restoreDeviceID(key, appID string) (id string, err error) {
	stored, err := c.storage.Load(key)
	if err != nil {
		return "", storageFailed("reading the device id", err)
	}
	if isDeviceID(string(stored)) {
		return string(stored), nil
	}
	// Processes that start together must agree on one.
	err = c.exclusively(func() error {
		id, err = c.makeDeviceID(key, appID)
		return err
	})
	return id, err
}

func (c *Client) makeDeviceID(key, appID string) (string, error) {
	stored, err := c.storage.Load(key)
	if err != nil {
		return "", storageFailed("reading the device id", err)
	}
	if isDeviceID(string(stored)) {
		return string(stored), nil
	}
	if stored != nil {
		c.logger.Warn("the stored device id cannot be read; a new one takes its place", slog.String("key", key))
	}
	id := transport.NewID(appID, "_")
	if err := c.storage.Save(key, []byte(id)); err != nil {
		return "", storageFailed("storing the device id", err)
	}
	return id, nil
}
