package webhook

import (
	"context"
	"log/slog"
	"strconv"

	"github.com/usherhq/usher/internal/identity"
)

func eventID(id int64) string { return strconv.FormatInt(id, 10) }

// attempt sends a delivery and writes what came of it. It goes on when the Dispatcher ends: it takes
// some seconds at most.
func (d *Dispatcher) attempt(webhook identity.Webhook, delivery identity.Delivery) result {
	ctx, cancel := context.WithTimeout(context.Background(), TimeLimit+workTimeLimit)
	defer cancel()
	log := d.config.Log.With(slog.String("app", string(webhook.AppID)), slog.String("webhook", webhook.ID), slog.Int64("delivery", delivery.ID))
	if delivery.Trigger == identity.TriggerTest {
		var err error
		if delivery.Payload, err = d.testPayload(ctx, webhook, delivery); err != nil {
			log.Error("could not make the payload of a test", slog.Any("error", err))
			return result{webhook: webhook.Number}
		}
	}
	outcome, cause := d.sender.send(ctx, webhook, delivery)
	after, err := d.service.FinishAttempt(ctx, delivery, outcome)
	if err != nil {
		// Its time as claimed will be over, and it is sent again.
		log.Error("could not write what came of a delivery", slog.Any("error", err))
		return result{webhook: webhook.Number, arrived: outcome.Failure == ""}
	}
	d.config.Metrics.attempted(outcome, after)
	if outcome.Failure != "" {
		level, text := slog.LevelInfo, "a delivery failed and will be tried again"
		if after.Finished() {
			level, text = slog.LevelWarn, "a delivery was given up"
		}
		log.Log(ctx, level, text, slog.String("failure", string(outcome.Failure)), slog.Int("status", outcome.Status),
			slog.Int("attempts", delivery.Attempts), slog.Any("cause", cause))
	}
	return result{webhook: webhook.Number, finished: after.Finished(), arrived: outcome.Failure == ""}
}

func (d *Dispatcher) testPayload(ctx context.Context, webhook identity.Webhook, delivery identity.Delivery) ([]byte, error) {
	region, _, err := newCollector(d.service).region(ctx, webhook.AppID)
	if err != nil {
		return nil, err
	}
	return encode(envelope{
		Trigger: identity.TriggerTest, Data: testData{Timestamp: delivery.CreatedAt.UnixMilli()},
		AppID: webhook.AppID, Region: region, Webhook: webhook.ID, ID: delivery.Event,
	})
}
