// Package realtime is the WebSocket gateway: the sockets of logged-in users, in the protocol of the
// official SDKs (wire.md 8).
//
// A socket proves whose it is with its first frame, lives until its auth token ends or its client is
// gone, and hears who else comes online and goes offline. What ends it from here has a close code of
// its own; see docs/realtime.md.
package realtime
