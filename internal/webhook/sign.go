package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

// The headers of a delivery.
const (
	// SignatureHeader is t=UNIX SECONDS,v1=HEX: an HMAC-SHA256 with the webhook's secret of the time, a
	// dot and the body.
	SignatureHeader = "X-Usher-Signature"
	// EventHeader is the id of the event, the same each time that it is sent.
	EventHeader = "X-Usher-Event-Id"
	// DeliveryHeader is the id of the delivery, as its log has it.
	DeliveryHeader = "X-Usher-Delivery-Id"
)

// sign gives the signature of a body that is sent at a time.
func sign(secret identity.Secret, at time.Time, body []byte) string {
	seconds := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(string(secret)))
	mac.Write([]byte(seconds + "."))
	mac.Write(body)
	return "t=" + seconds + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}
