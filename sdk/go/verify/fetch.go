package verify

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	// fetchLimit is how long one fetch may take.
	fetchLimit = 5 * time.Second
	// maxKeySet is the size of the longest key set that is read, in bytes; each key takes about 250.
	maxKeySet = 256 << 10
	// The bounds of what Cache-Control says. The server publishes a key 15 minutes before it signs.
	shortestLife = time.Minute
	longestLife  = 15 * time.Minute
	// defaultLife is for answers that don't say.
	defaultLife = 5 * time.Minute
)

// fetcher fetches a JSON Web Key Set (RFC 7517).
type fetcher struct {
	client *http.Client
	url    string
}

func (f fetcher) fetch() (map[string]*ecdsa.PublicKey, time.Duration, error) {
	// Many callers wait for one fetch: it has no context of any of them.
	ctx, cancel := context.WithTimeout(context.Background(), fetchLimit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, f.url, nil)
	if err != nil {
		return nil, 0, err
	}
	request.Header.Set("Accept", "application/json")
	// A cache on the way must not answer with the keys of before.
	request.Header.Set("Cache-Control", "no-cache")
	response, err := f.client.Do(request)
	if err != nil {
		return nil, 0, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, 0, fmt.Errorf("the keys were answered with status %d", response.StatusCode)
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, maxKeySet+1))
	if err != nil {
		return nil, 0, fmt.Errorf("read the keys: %w", err)
	}
	if len(text) > maxKeySet {
		return nil, 0, errors.New("the answer is too long for a key set")
	}
	keys, err := parseKeys(text)
	return keys, lifeOf(response.Header), err
}

// parseKeys leaves out keys of other sorts: they may be for others.
func parseKeys(text []byte) (map[string]*ecdsa.PublicKey, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(text, &set); err != nil {
		return nil, errors.New("the answer is not a key set")
	}
	keys := map[string]*ecdsa.PublicKey{}
	for _, one := range set.Keys {
		var key jose.JSONWebKey
		if key.UnmarshalJSON(one) != nil || key.KeyID == "" || !forSignatures(key) {
			continue
		}
		if public, ok := key.Key.(*ecdsa.PublicKey); ok && public.Curve == elliptic.P256() {
			keys[key.KeyID] = public
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("the answer holds no key for ES256")
	}
	return keys, nil
}

func forSignatures(key jose.JSONWebKey) bool {
	return (key.Use == "" || key.Use == "sig") && (key.Algorithm == "" || key.Algorithm == string(jose.ES256))
}

// lifeOf is how long an answer may be kept, within bounds.
func lifeOf(header http.Header) time.Duration {
	life := defaultLife
	for directive := range strings.SplitSeq(strings.ToLower(header.Get("Cache-Control")), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		switch name {
		case "no-store", "no-cache":
			return shortestLife
		case "max-age":
			if seconds, err := strconv.ParseUint(strings.Trim(value, `"`), 10, 31); err == nil {
				life = time.Duration(seconds) * time.Second
			}
		}
	}
	return min(max(life, shortestLife), longestLife)
}
