package identity

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// privateKey is the key of metadata that is for servers' use (contract 1.3.1): e-mail addresses and
// telephone numbers, as a rule. Only fullAccess keys and operators see and change it.
const privateKey = "@private"

// seesPrivate says whether the caller may see and change private metadata.
func (c Caller) seesPrivate() bool {
	return c.Operator != "" || c.Key != nil && c.Key.Scope == ScopeFullAccess
}

// VisibleMetadata is a user's metadata as the caller may see it.
func (c Caller) VisibleMetadata(metadata json.RawMessage) (json.RawMessage, error) {
	if c.seesPrivate() || !mayHoldPrivate(metadata) {
		return metadata, nil
	}
	fields, err := metadataFields(metadata)
	if err != nil {
		return nil, err
	}
	if _, ok := fields[privateKey]; !ok {
		return metadata, nil
	}
	delete(fields, privateKey)
	return json.Marshal(fields)
}

// mayHoldPrivate is a quick no for most metadata. The key may also be written with escapes, such as
// \u0040private.
func mayHoldPrivate(metadata json.RawMessage) bool {
	return bytes.Contains(metadata, []byte(privateKey)) || bytes.IndexByte(metadata, '\\') >= 0
}

func metadataFields(metadata json.RawMessage) (map[string]json.RawMessage, error) {
	fields := map[string]json.RawMessage{}
	if len(metadata) == 0 {
		return fields, nil
	}
	if err := json.Unmarshal(metadata, &fields); err != nil {
		return nil, fmt.Errorf("metadata: %w", err)
	}
	return fields, nil
}

// keepPrivate gives new metadata with the private part that a user had: who may not see it may
// neither change nor lose it.
func keepPrivate(before, after json.RawMessage) (json.RawMessage, error) {
	if !mayHoldPrivate(before) && !mayHoldPrivate(after) {
		return after, nil
	}
	kept, err := metadataFields(before)
	if err != nil {
		return nil, err
	}
	fields, err := metadataFields(after)
	if err != nil {
		return nil, err
	}
	delete(fields, privateKey)
	if private, ok := kept[privateKey]; ok {
		fields[privateKey] = private
	}
	if len(fields) == 0 && len(after) == 0 {
		return nil, nil
	}
	return json.Marshal(fields)
}
