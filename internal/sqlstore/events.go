package sqlstore

import "github.com/usherhq/usher/internal/identity"

func (t *transaction) AddEvent(event identity.Event) error {
	_, err := t.run.exec(t.ctx,
		"INSERT INTO events (at, app_id, kind, uid, subject, actor, address) VALUES (?, ?, ?, ?, ?, ?, ?)",
		event.At.UnixMilli(), event.AppID, event.Kind, event.UID, event.Subject, event.Actor, event.Address)
	return err
}
