package identity

import (
	"context"
	"time"
)

// housekeepingBatch keeps each transaction of the housekeeping short: writers wait for it.
const housekeepingBatch = 500

// KeepHouse removes what has had its time: expired tokens, deleted apps after their grace period,
// answers kept for who sends a request again, deliveries that finished a week ago, activity by minutes
// after two days and by hours after 90, operators' sessions and invitations that are over, and events
// older than retention (0 keeps them all). A server calls it about once an hour; several may do so at once.
func (s *Service) KeepHouse(ctx context.Context, retention time.Duration) error {
	now := s.clock()
	err := s.store.Change(ctx, func(tx Tx) error {
		ids, err := tx.DeleteApps(now)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := s.addEventAbout(tx, Caller{App: App{ID: id}}, EventAppRemoved, "app:"+string(id)); err != nil {
				return err
			}
		}
		if err := tx.DeleteExpiredInvitations(now); err != nil {
			return err
		}
		return tx.DeleteStaleOperatorSessions(now.Add(-OperatorSessionIdle), now.Add(-OperatorSessionLife))
	})
	if err != nil {
		return err
	}
	if err := s.inBatches(ctx, func(tx Tx) (int, error) { return tx.DeleteExpiredTokens(now, housekeepingBatch) }); err != nil {
		return err
	}
	err = s.inBatches(ctx, func(tx Tx) (int, error) { return tx.DeleteAttempts(now.Add(-answerLife), housekeepingBatch) })
	if err != nil {
		return err
	}
	err = s.inBatches(ctx, func(tx Tx) (int, error) { return tx.DeleteDeliveries(now.Add(-deliveryKept), housekeepingBatch) })
	if err != nil {
		return err
	}
	for span, kept := range map[time.Duration]time.Duration{time.Minute: minutesKept, time.Hour: hoursKept} {
		err = s.inBatches(ctx, func(tx Tx) (int, error) { return tx.DeleteTallies(span, now.Add(-kept), housekeepingBatch) })
		if err != nil {
			return err
		}
	}
	if retention <= 0 {
		return nil
	}
	return s.inBatches(ctx, func(tx Tx) (int, error) { return tx.DeleteEvents(now.Add(-retention), housekeepingBatch) })
}

// CountLiveTokens counts the auth tokens of all apps that are good now. It may take a while where there
// are millions.
func (s *Service) CountLiveTokens(ctx context.Context) (int, error) {
	count, err := s.store.CountLiveTokens(ctx, s.clock())
	return count, inTime(err)
}

// inBatches repeats a removal, a transaction each, until it finds less than a whole batch.
func (s *Service) inBatches(ctx context.Context, remove func(Tx) (int, error)) error {
	for {
		var removed int
		err := s.store.Change(ctx, func(tx Tx) (err error) {
			removed, err = remove(tx)
			return err
		})
		if err != nil || removed < housekeepingBatch {
			return err
		}
	}
}
