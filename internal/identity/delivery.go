package identity

import "time"

// DeliveryState says how a delivery stands.
type DeliveryState string

const (
	// DeliveryWaiting is for a delivery whose turn it is: it is sent when it is due.
	DeliveryWaiting DeliveryState = "waiting"
	// DeliveryBehind is for a delivery that waits for an earlier one of the same user.
	DeliveryBehind DeliveryState = "behind"
	// DeliveryDone is for a delivery that the receiver took.
	DeliveryDone DeliveryState = "delivered"
	// DeliveryGivenUp is for a delivery that is tried no more.
	DeliveryGivenUp DeliveryState = "given_up"
)

// DeliveryFailure is the class of what went wrong, for people; it never repeats what a receiver said.
type DeliveryFailure string

const (
	// FailureTimeout is for a receiver that did not answer in time.
	FailureTimeout DeliveryFailure = "timeout"
	// FailureConnection is for a receiver that was not reached, or broke off.
	FailureConnection DeliveryFailure = "connection"
	// FailureDNS is for a host whose name stands for no address.
	FailureDNS DeliveryFailure = "dns"
	// FailureTLS is for a receiver whose certificate is not good.
	FailureTLS DeliveryFailure = "tls"
	// FailureAddress is for an address that is not public, or a URL without TLS.
	FailureAddress DeliveryFailure = "address_refused"
	// FailureRedirect is for a receiver that sends elsewhere: nobody follows.
	FailureRedirect DeliveryFailure = "redirect"
	// FailureStatus is for every other answer than success.
	FailureStatus DeliveryFailure = "status"
	// FailureQueueFull is for a delivery that was never tried, since too many of its user wait.
	FailureQueueFull DeliveryFailure = "queue_full"
)

// Delivery is an event on its way to a webhook.
type Delivery struct {
	ID      int64
	Webhook int64
	// Event is the id that the receiver sees: that of the event, or one made for a test.
	Event   string
	Trigger Trigger
	// UID is the user whose deliveries come one after the other.
	UID UID
	// Payload is what is sent. It is not read with lists, and empty for a test.
	Payload []byte
	State   DeliveryState
	// Attempts counts those that were begun.
	Attempts int
	// Status is the receiver's last answer, or 0, and Failure what was wrong with the last attempt.
	Status  int
	Failure DeliveryFailure
	// DueAt is when the next attempt is due; while one runs, when it counts as lost.
	DueAt      time.Time
	CreatedAt  time.Time
	FinishedAt time.Time
}

// Finished says whether nothing will happen to the delivery any more.
func (d Delivery) Finished() bool { return d.State == DeliveryDone || d.State == DeliveryGivenUp }

// The bounds of what waits. Beyond the first, events stay in the log for now, and beyond the second a
// user's deliveries are given up, so that the one user does not keep the others waiting.
const (
	maxWaiting       = 10_000
	maxWaitingOfUser = 1_000
)

const (
	// deliveryLife is how long a delivery is tried.
	deliveryLife = 24 * time.Hour
	// deliveryLease is how long an attempt may take before it counts as lost with its server.
	deliveryLease = 15 * time.Second
	// deliveryKept is how long the log has a delivery that is finished.
	deliveryKept = 7 * 24 * time.Hour
	// longestPause is between two attempts.
	longestPause = time.Hour
)

// pauseAfter is how long to wait after a failed attempt, counted from 1: the documented 10 and 30
// seconds (contract C12), and from then on a minute and twice as long each time.
func pauseAfter(attempt int) time.Duration {
	switch {
	case attempt <= 1:
		return 10 * time.Second
	case attempt == 2:
		return 30 * time.Second
	case attempt > 8:
		return longestPause
	}
	return min(time.Minute<<(attempt-3), longestPause)
}

// Outcome is what an attempt to deliver came to; no failure means that the receiver took it.
type Outcome struct {
	Status  int
	Failure DeliveryFailure
}

// after gives a delivery as it is after an attempt.
func (d Delivery) after(outcome Outcome, retries bool, now time.Time) Delivery {
	d.Status, d.Failure = outcome.Status, outcome.Failure
	next := now.Add(pauseAfter(d.Attempts))
	switch {
	case outcome.Failure == "":
		d.State, d.FinishedAt = DeliveryDone, now
	case !retries, d.Trigger == TriggerTest, next.After(d.CreatedAt.Add(deliveryLife)):
		d.State, d.FinishedAt = DeliveryGivenUp, now
	default:
		d.DueAt = next
	}
	return d
}
