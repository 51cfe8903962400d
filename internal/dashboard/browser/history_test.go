package browser_test

import (
	"errors"
	"math"
	"path/filepath"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/sqlstore"
	"github.com/usherhq/usher/internal/vault"
)

// fillHour writes down an hour of an app that people use, for charts as they look on a working day: nobody has
// the time to wait for one. The server is stopped meanwhile, for the database is its own.
func (c *console) fillHour() {
	c.t.Helper()
	// The page that is open would miss the server.
	c.do(chromedp.Navigate("about:blank"))
	c.stop()
	defer c.serve()
	ctx := c.t.Context()
	keys, _, err := vault.OpenFile(filepath.Join(c.folder, "keyset.json"))
	if err != nil {
		c.t.Fatal(err)
	}
	store, err := sqlstore.Open(ctx, "sqlite:"+filepath.Join(c.folder, "usher.db"), keys)
	if err != nil {
		c.t.Fatal(err)
	}
	thisMinute := time.Now().UTC().Truncate(time.Minute)
	err = store.Change(ctx, func(tx identity.Tx) error {
		for minute := range 60 {
			wave := math.Sin(float64(minute) / 7)
			wrongKeys, wrongUIDs := minute%3, minute%5/2
			tally := identity.Tally{
				AppID: appID, Span: time.Minute, Codes: map[fault.Code]int{fault.CodeUnknownAPIKey: wrongKeys, fault.CodeUnknownUID: wrongUIDs},
				ActivityBucket: identity.ActivityBucket{
					At: thisMinute.Add(-time.Duration(minute) * time.Minute), SignIns: 24 + int(14*wave) + minute%4, Failures: wrongKeys + wrongUIDs,
					Refused: max(0, int(14*wave)-5),
				},
			}
			// As the server does: by minutes, and by hours.
			hour := tally
			hour.Span, hour.At = time.Hour, tally.At.Truncate(time.Hour)
			if err := errors.Join(tx.AddTally(tally), tx.AddTally(hour)); err != nil {
				return err
			}
		}
		return nil
	})
	if err := errors.Join(err, store.Close()); err != nil {
		c.t.Fatal(err)
	}
}
