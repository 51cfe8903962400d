package transport

import (
	"crypto/rand"
	"fmt"
	"runtime"
	"time"

	"github.com/usherhq/usher/sdk/go/usher"
)

// UserAgent names the SDK and what it runs on.
func UserAgent() string {
	return fmt.Sprintf("usher-go/%s (%s; %s)", usher.Version, runtime.GOOS, runtime.GOARCH)
}

// NewID gives prefix, a random UUID and the time in milliseconds, joined by the separator: the form
// that device ids and resource ids have on the wire.
func NewID(prefix, separator string) string {
	var id [16]byte
	rand.Read(id[:]) // never fails: it ends the program instead
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	uuid := fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
	return fmt.Sprintf("%s%s%s%s%d", prefix, separator, uuid, separator, time.Now().UnixMilli())
}
