module github.com/usherhq/usher/sdk/go/keyring

go 1.26.0

require (
	github.com/usherhq/usher v0.0.0
	github.com/zalando/go-keyring v0.2.8
)

require (
	github.com/coder/websocket v1.8.15 // indirect
	github.com/danieljoos/wincred v1.2.3 // indirect
	github.com/godbus/dbus/v5 v5.2.2 // indirect
	golang.org/x/sys v0.49.0 // indirect
)

// Both are developed together; who uses a released version gets the one that it names.
replace github.com/usherhq/usher => ../../..
