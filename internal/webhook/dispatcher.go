package webhook

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

const (
	// perWebhook is how many deliveries of one webhook are under way at once, and inAll those of all.
	perWebhook = 8
	inAll      = 256
	// manyFailures in a row leave a webhook one delivery at a time, until one arrives: who does not answer
	// takes no more than that from the others.
	manyFailures = 5

	// reloadInterval is how soon webhooks are known that another server changed.
	reloadInterval = time.Second
	// sweepInterval is how often every webhook is looked at, for deliveries that another server left.
	sweepInterval = 10 * time.Second
	// storeInterval is how often positions are written that moved without a delivery.
	storeInterval = time.Minute
	// fullPause is before collecting for a webhook again for which too much waits.
	fullPause = time.Second
	// The pauses after a commit: what is committed at about the same time is read together, and an event
	// may stay hidden while an older transaction runs. The longest is also how soon others' are seen.
	shortestPause = 5 * time.Millisecond
	longestPause  = 250 * time.Millisecond
	// workTimeLimit bounds what the database may take.
	workTimeLimit = 10 * time.Second
)

// Config is what a Dispatcher needs to know.
type Config struct {
	// AllowPrivate lets deliveries go to addresses that are not public, and without TLS.
	AllowPrivate bool
	// Clock is time.Now unless said; it must be that of the service.
	Clock func() time.Time
	// Metrics counts what happens; nil for nobody.
	Metrics *Metrics
	Log     *slog.Logger
}

// Dispatcher makes deliveries of events and sends them. Make one with Start.
type Dispatcher struct {
	service *identity.Service
	config  Config
	sender  *sender

	ending  context.CancelFunc
	running sync.WaitGroup
	results chan result
	once    sync.Once

	// What follows is the loop's own.
	queues    map[int64]*queue
	inFlight  int
	reloadAt  time.Time
	sweepAt   time.Time
	storeAt   time.Time
	last      int64
	committed <-chan struct{}
	changed   <-chan struct{}
}

// queue is what the loop remembers of a webhook.
type queue struct {
	webhook identity.Webhook
	at      identity.Collected
	// fullUntil is when to collect again.
	fullUntil time.Time
	// due is when the next delivery is due; zero when none waits. look says that it is not known.
	due      time.Time
	look     bool
	inFlight int
	failures int
}

// result is what came of an attempt.
type result struct {
	webhook  int64
	finished bool
	arrived  bool
}

// Start sends deliveries until the Dispatcher is closed. Several servers may do so on one database.
func Start(service *identity.Service, config Config) *Dispatcher {
	if config.Clock == nil {
		config.Clock = time.Now
	}
	running, ending := context.WithCancel(context.Background())
	d := &Dispatcher{
		service: service, config: config, sender: newSender(config.AllowPrivate, config.Clock), ending: ending,
		results: make(chan result, inAll), queues: map[int64]*queue{}, storeAt: time.Now().Add(storeInterval),
	}
	d.running.Go(func() { d.run(running) })
	return d
}

// Close lets attempts that are under way come to their end, which takes some seconds at most.
func (d *Dispatcher) Close() {
	d.once.Do(d.ending)
	d.running.Wait()
	d.sender.close()
}

// run is the loop. Its own times are the machine's; when deliveries are due is the clock's.
func (d *Dispatcher) run(running context.Context) {
	pause := shortestPause
	for running.Err() == nil {
		more, err := d.round(running)
		if err != nil && running.Err() == nil {
			d.config.Log.Error("could not look for deliveries to webhooks; trying again", slog.Any("error", err))
		}
		if more && err == nil {
			continue
		}
		if len(d.queues) == 0 {
			pause = reloadInterval
		}
		timer := time.NewTimer(pause)
		select {
		case <-running.Done():
		case <-timer.C:
			pause = min(2*pause, longestPause)
		case <-d.committed:
			d.committed, pause = nil, shortestPause
			wait(running, shortestPause)
		case <-d.changed:
			d.changed, d.reloadAt, pause = nil, time.Time{}, shortestPause
			d.lookAgain()
		case done := <-d.results:
			d.took(done)
		}
		timer.Stop()
	}
	d.leave()
}

func wait(running context.Context, length time.Duration) {
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-running.Done():
	case <-timer.C:
	}
}

// round does all that there is to do now, and says whether there is more of it.
func (d *Dispatcher) round(running context.Context) (more bool, err error) {
	ctx, cancel := context.WithTimeout(running, workTimeLimit)
	defer cancel()
	for len(d.results) > 0 {
		d.took(<-d.results)
	}
	if err := d.reload(ctx); err != nil || len(d.queues) == 0 {
		return false, err
	}
	d.committed = d.service.Committed()
	if d.last, err = d.service.LastEvent(ctx); err != nil {
		return false, err
	}
	store := time.Now().After(d.storeAt)
	if store {
		d.storeAt = time.Now().Add(storeInterval)
	}
	collector := newCollector(d.service)
	var failures []error
	for _, q := range d.queues {
		moreOfIt, err := d.collect(ctx, collector, q, store)
		// What is wrong with one webhook keeps no other waiting.
		failures = append(failures, err, d.claim(ctx, q))
		more = more || moreOfIt
	}
	return more, errors.Join(failures...)
}

// reload learns which webhooks there are.
func (d *Dispatcher) reload(ctx context.Context) error {
	now := time.Now()
	if now.Before(d.reloadAt) {
		return nil
	}
	webhooks, changed, err := d.service.WebhooksToServe(ctx)
	if err != nil {
		return err
	}
	d.changed, d.reloadAt = changed, now.Add(reloadInterval)
	known := map[int64]*queue{}
	for _, webhook := range webhooks {
		q := d.queues[webhook.Number]
		if q == nil {
			q = &queue{webhook: webhook, at: startAt(webhook), look: true}
		}
		if !sameTriggers(q.webhook, webhook) {
			q.at = startAt(webhook)
		}
		q.webhook = webhook
		known[webhook.Number] = q
	}
	d.queues = known
	if len(known) == 0 {
		d.committed = nil
	}
	if now.After(d.sweepAt) {
		d.sweepAt = now.Add(sweepInterval)
		d.lookAgain()
		return d.countWaiting(ctx)
	}
	return nil
}

// lookAgain asks the database when each webhook has something due.
func (d *Dispatcher) lookAgain() {
	for _, q := range d.queues {
		q.look = true
	}
}

func (d *Dispatcher) countWaiting(ctx context.Context) error {
	if d.config.Metrics == nil {
		return nil
	}
	sum := 0
	for number := range d.queues {
		count, err := d.service.WaitingDeliveries(ctx, number)
		if err != nil {
			return err
		}
		sum += count
	}
	d.config.Metrics.wait(sum)
	return nil
}

// collect makes deliveries of a webhook's events.
func (d *Dispatcher) collect(ctx context.Context, from *collector, q *queue, store bool) (more bool, err error) {
	now := time.Now()
	if q.at.Seen == d.last && !store || now.Before(q.fullUntil) {
		return false, nil
	}
	region, known, err := from.region(ctx, q.webhook.AppID)
	if err != nil || !known {
		return false, err
	}
	at, err := d.service.CollectDeliveries(ctx, q.webhook, q.at, d.last, store, func(event identity.Event) ([]byte, error) {
		return from.payload(ctx, q.webhook, region, event)
	})
	if err != nil {
		return false, err
	}
	q.at = at
	if at.Full {
		q.fullUntil = now.Add(fullPause)
	}
	if at.Outdated {
		d.reloadAt = time.Time{}
	}
	if at.Added > 0 {
		q.look = true
	}
	return at.More, nil
}

// claim begins attempts of deliveries that are due, as many as there is room for.
func (d *Dispatcher) claim(ctx context.Context, q *queue) error {
	room := perWebhook
	if q.failures >= manyFailures {
		room = 1
	}
	room = min(room-q.inFlight, inAll-d.inFlight)
	if room <= 0 || !q.look && (q.due.IsZero() || q.due.After(d.config.Clock())) {
		return nil
	}
	claimed, err := d.service.ClaimDeliveries(ctx, q.webhook.Number, room)
	if err != nil {
		return err
	}
	q.look, q.due = false, claimed.Next
	for _, delivery := range claimed.Deliveries {
		q.inFlight++
		d.inFlight++
		d.running.Go(func() { d.results <- d.attempt(claimed.Webhook, delivery) })
	}
	return nil
}

// took hears of an attempt that has ended.
func (d *Dispatcher) took(done result) {
	d.inFlight--
	q := d.queues[done.webhook]
	if q == nil {
		return
	}
	// Those from before it was switched off are not counted.
	q.inFlight = max(0, q.inFlight-1)
	// The next of the same user may have its turn, and a retry its time.
	q.look = true
	if done.finished {
		q.fullUntil = time.Time{}
	}
	if done.arrived {
		q.failures = 0
	} else {
		q.failures++
	}
}

// leave writes down how far the events were seen, and waits for no result any more: the attempts write
// their own, and there is room for all of them.
func (d *Dispatcher) leave() {
	ctx, cancel := context.WithTimeout(context.Background(), TimeLimit)
	defer cancel()
	nothing := func(identity.Event) ([]byte, error) { return nil, context.Canceled }
	for _, q := range d.queues {
		// What is behind it stays for the next to find.
		if _, err := d.service.CollectDeliveries(ctx, q.webhook, q.at, q.at.Seen, true, nothing); err != nil {
			d.config.Log.Warn("could not write how far a webhook's events were seen; some are looked through again", slog.Any("error", err))
			return
		}
	}
}
