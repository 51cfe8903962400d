package vault_test

import (
	"strings"
	"testing"

	"github.com/usherhq/usher/internal/vault"
)

func TestAKeysetAsText(t *testing.T) {
	t.Parallel()
	path, written := newFile(t)
	v, err := vault.FromText(" " + read(t, path) + "\n\n")
	if err != nil {
		t.Fatalf("from text: %v", err)
	}
	newRow(t, written, "mina").wantFound(t, v)
	reload(t, v)
	newRow(t, v, "mina").wantFound(t, written)
}

func TestAKeysetSaysWhatItIs(t *testing.T) {
	t.Parallel()
	path, _ := newFile(t)
	for _, part := range []string{"Usher's keyset", "whoever loses it loses them all", `"version": 1`} {
		if !strings.Contains(read(t, path), part) {
			t.Errorf("the keyset does not say %s", part)
		}
	}
}

func TestWhatIsNoKeyset(t *testing.T) {
	t.Parallel()
	path, _ := newFile(t)
	good := read(t, path)
	instead := func(old, replacement string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("the keyset has no %s", old)
		}
		return strings.ReplaceAll(good, old, replacement)
	}
	secrets := keysIn(t, good)
	for name, one := range map[string]struct{ text, part string }{
		"nothing":            {"", "damaged"},
		"half of it":         {good[:len(good)/2], "damaged"},
		"two of them":        {good + good, "damaged"},
		"a list":             {"[]", "damaged"},
		"null":               {"null", "version 0"},
		"an empty object":    {"{}", "version 0"},
		"another version":    {instead(`"version": 1`, `"version": 2, "more": {}`), "it has version 2, and this usher reads version 1"},
		"no version":         {instead(`"version": 1,`, ""), "version 0"},
		"a strange version":  {instead(`"version": 1`, `"version": "1"`), "damaged"},
		"an unknown field":   {instead(`"version": 1`, `"version": 1, "seal": {}`), "fields that are unknown"},
		"one in a keyset":    {instead(`"primaryKeyId":`, `"more": 1, "primaryKeyId":`), "the keys for fingerprints"},
		"no fingerprints":    {`{"version": 1}`, "the keys for fingerprints"},
		"null fingerprints":  {`{"version": 1, "fingerprints": null}`, "the keys for fingerprints"},
		"no seals":           {instead(`"seals"`, `"about"`), "damaged"},
		"no primary key":     {instead(`"primaryKeyId":`, `"primaryKeyId": 1, "k":`), "damaged"},
		"keys not base64":    {instead(secrets[0], "%"+secrets[0]), "the keys for fingerprints"},
		"a key cut short":    {instead(secrets[1], secrets[1][:8]), "the keys for seals"},
		"a disabled key":     {instead("ENABLED", "DISABLED"), "the keys for fingerprints"},
		"a key without name": {instead(`"TINK"`, `"RAW"`), "the keys for seals"},
		"another cipher":     {instead("XChaCha20Poly1305Key", "ChaCha20Poly1305Key"), "the keys for seals"},
		"another PRF":        {instead("HmacPrfKey", "AesCmacPrfKey"), "the keys for fingerprints"},
		"the wrong way round": {
			strings.NewReplacer(`"fingerprints"`, `"seals"`, `"seals"`, `"fingerprints"`).Replace(good), "the keys for fingerprints",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, err := vault.FromText(one.text)
			wantError(t, name, err, one.part)
			if v != nil {
				t.Error("it gives a vault")
			}
		})
	}
}

// Operators try what a rotation would do without a key by disabling it with Tink's tools.
func TestADisabledKeyIsNotUsed(t *testing.T) {
	t.Parallel()
	path, before := newFile(t)
	r := newRow(t, before, "mina")
	rotate(t, path)
	// The old keys come first in their keysets.
	text := read(t, path)
	for _, part := range []string{`"fingerprints"`, `"seals"`} {
		head, tail, _ := strings.Cut(text, part)
		text = head + part + strings.Replace(tail, "ENABLED", "DISABLED", 1)
	}
	v, err := vault.FromText(text)
	if err != nil {
		t.Fatalf("from text: %v", err)
	}
	wantEqual(t, "the number of candidates", len(v.Candidates(vault.PurposeAuthToken, "mina")), 1)
	_, err = v.Open(vault.PurposeAuthToken, r.owner, r.sealed)
	wantError(t, "open", err, vault.ErrUnknownKey.Error())
}

func FuzzFromText(f *testing.F) {
	path, _ := newFile(f)
	f.Add(read(f, path))
	rotate(f, path)
	f.Add(read(f, path))
	f.Add(`{"version": 1, "fingerprints": {"primaryKeyId": 1, "key": [{}]}, "seals": null}`)
	f.Fuzz(func(t *testing.T, text string) {
		v, err := vault.FromText(text)
		if err != nil {
			if len(err.Error()) > 250 {
				t.Errorf("an error that repeats what it was given: %v", err)
			}
			return
		}
		newRow(t, v, "mina").wantFound(t, v)
	})
}
