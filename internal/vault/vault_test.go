package vault_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/usherhq/usher/internal/vault"
)

func TestWhatIsSealedOpens(t *testing.T) {
	t.Parallel()
	v := vault.Ephemeral()
	rapid.Check(t, func(t *rapid.T) {
		purpose, owner, value := purposes.Draw(t, "purpose"), rapid.String().Draw(t, "owner"), rapid.String().Draw(t, "value")
		sealed, err := v.Seal(purpose, owner, value)
		if err != nil {
			t.Fatalf("seal: %v", err)
		}
		if len(sealed) != len(value)+45 {
			t.Fatalf("%d bytes became %d", len(value), len(sealed))
		}
		opened, err := v.Open(purpose, owner, sealed)
		if err != nil || opened != value {
			t.Fatalf("open: %q, %v", opened, err)
		}
		again, err := v.Seal(purpose, owner, value)
		if err != nil || bytes.Equal(sealed, again) {
			t.Fatalf("two seals are equal, or %v", err)
		}
	})
}

func TestWhatIsSealedOpensNowhereElse(t *testing.T) {
	t.Parallel()
	v := vault.Ephemeral()
	rapid.Check(t, func(t *rapid.T) {
		purpose, owner, value := purposes.Draw(t, "purpose"), rapid.String().Draw(t, "owner"), rapid.String().Draw(t, "value")
		otherPurpose, otherOwner := purposes.Draw(t, "other purpose"), rapid.String().Draw(t, "other owner")
		sealed, err := v.Seal(purpose, owner, value)
		if err != nil {
			t.Fatalf("seal: %v", err)
		}
		_, err = v.Open(otherPurpose, otherOwner, sealed)
		if same := purpose == otherPurpose && owner == otherOwner; same != (err == nil) || !same && !errors.Is(err, vault.ErrAltered) {
			t.Fatalf("open for %q of %q: %v", otherPurpose, otherOwner, err)
		}
	})
}

// Where one text ends and the next begins is part of what is bound.
func TestPurposeAndTextDoNotRunTogether(t *testing.T) {
	t.Parallel()
	v := vault.Ephemeral()
	for _, one := range [][2]string{{"", "abc"}, {"a", "bc"}, {"abc", ""}, {"\x02ab", "c"}} {
		if bytes.Equal(v.Fingerprint(vault.Purpose(one[0]), one[1]), v.Fingerprint("ab", "c")) {
			t.Errorf("%q has the fingerprint of ab and c", one)
		}
		sealed, err := v.Seal("ab", "c", "value")
		if err != nil {
			t.Fatalf("seal: %v", err)
		}
		if _, err := v.Open(vault.Purpose(one[0]), one[1], sealed); !errors.Is(err, vault.ErrAltered) {
			t.Errorf("%q opens what is of ab and c: %v", one, err)
		}
	}
}

func TestEveryBitOfASealMatters(t *testing.T) {
	t.Parallel()
	v := vault.Ephemeral()
	r := newRow(t, v, "mina_1772366400deadbeef")
	for bit := range 8 * len(r.sealed) {
		altered := bytes.Clone(r.sealed)
		altered[bit/8] ^= 1 << (bit % 8)
		want := vault.ErrAltered
		if bit/8 >= 1 && bit/8 <= 4 {
			want = vault.ErrUnknownKey
		}
		if _, err := v.Open(vault.PurposeAuthToken, r.owner, altered); !errors.Is(err, want) {
			t.Errorf("without bit %d: %v, want %v", bit, err, want)
		}
	}
	for length := range r.sealed {
		if _, err := v.Open(vault.PurposeAuthToken, r.owner, r.sealed[:length]); !errors.Is(err, vault.ErrAltered) {
			t.Errorf("with only %d bytes: %v", length, err)
		}
	}
	if _, err := v.Open(vault.PurposeAuthToken, r.owner, append(r.sealed, 0)); !errors.Is(err, vault.ErrAltered) {
		t.Errorf("with a byte more: %v", err)
	}
}

func TestAFingerprintIsOfOnePurposeAndValue(t *testing.T) {
	t.Parallel()
	v, another := vault.Ephemeral(), vault.Ephemeral()
	values := rapid.OneOf(rapid.SampledFrom([]string{"", "a", "mina_1772366400deadbeef"}), rapid.String())
	rapid.Check(t, func(t *rapid.T) {
		purpose, otherPurpose := purposes.Draw(t, "purpose"), purposes.Draw(t, "other purpose")
		value, otherValue := values.Draw(t, "value"), values.Draw(t, "other value")
		fingerprint := v.Fingerprint(purpose, value)
		if len(fingerprint) != 20 {
			t.Fatalf("a fingerprint of %d bytes", len(fingerprint))
		}
		same := purpose == otherPurpose && value == otherValue
		if bytes.Equal(fingerprint, v.Fingerprint(otherPurpose, otherValue)) != same {
			t.Fatalf("equal fingerprints must mean equal purpose and value")
		}
		if bytes.Equal(fingerprint[4:], another.Fingerprint(purpose, value)[4:]) {
			t.Fatal("two keysets make the same fingerprint")
		}
		if candidates := v.Candidates(purpose, value); len(candidates) != 1 || !bytes.Equal(candidates[0], fingerprint) {
			t.Fatalf("the candidates %x are not the fingerprint %x", candidates, fingerprint)
		}
	})
}

func TestRotationsKeepEveryRow(t *testing.T) {
	t.Parallel()
	path, running := newFile(t)
	var rows []row
	var primaries []string
	for rotations := range 5 {
		if rotations > 0 {
			rotate(t, path)
			reload(t, running)
		}
		rows = append(rows, newRow(t, running, fmt.Sprintf("mina_%d", rotations)))
		primaries = slices.Insert(primaries, 0, string(rows[rotations].fingerprint[:4]))

		candidates := running.Candidates(vault.PurposeAuthToken, "mina_0")
		wantEqual(t, "the last candidate", candidates[rotations], rows[0].fingerprint)
		wantEqual(t, "the first candidate", candidates[0], running.Fingerprint(vault.PurposeAuthToken, "mina_0"))
		var order []string
		for _, candidate := range candidates {
			order = append(order, string(candidate[:4]))
		}
		wantEqual(t, "the order of the candidates", order, primaries)

		restarted, created := open(t, path)
		wantEqual(t, "whether the file was created again", created, false)
		for i, r := range rows {
			r.wantFound(t, running)
			r.wantFound(t, restarted)
			wantEqual(t, fmt.Sprintf("whether row %d needs a reseal", i), running.NeedsReseal(r.sealed, r.fingerprint), i < rotations)
		}
	}
}

func TestWhatNeedsAReseal(t *testing.T) {
	t.Parallel()
	path, v := newFile(t)
	before := newRow(t, v, "mina")
	rotate(t, path)
	reload(t, v)
	after := newRow(t, v, "mina")
	for name, one := range map[string]struct {
		sealed, fingerprint []byte
		want                bool
	}{
		"a new row":               {after.sealed, after.fingerprint, false},
		"an old row":              {before.sealed, before.fingerprint, true},
		"an old seal":             {before.sealed, after.fingerprint, true},
		"an old fingerprint":      {after.sealed, before.fingerprint, true},
		"no seal":                 {nil, after.fingerprint, true},
		"no fingerprint":          {after.sealed, nil, true},
		"a fingerprint cut short": {after.sealed, after.fingerprint[:19], true},
	} {
		if got := v.NeedsReseal(one.sealed, one.fingerprint); got != one.want {
			t.Errorf("%s needs a reseal: %v", name, got)
		}
	}
}

// Neither a key nor a credential may reach a log because somebody printed what holds it.
func TestSecretsArePrintedNowhere(t *testing.T) {
	t.Parallel()
	path, v := newFile(t)
	const value = "mina_1772366400deadbeef"
	r := newRow(t, v, value)
	text := read(t, path)
	secrets := append(keysIn(t, text), value, fmt.Sprintf("%x", value))
	// A part of a key, and its bytes in the forms that a verb gives them.
	for _, key := range keysIn(t, text) {
		decoded, err := base64.StdEncoding.DecodeString(key)
		if err != nil || len(decoded) < 32 {
			t.Fatalf("a key of %d bytes: %v", len(decoded), err)
		}
		material := decoded[len(decoded)-32:]
		list := strings.Trim(fmt.Sprintf("%v", material), "[]")
		secrets = append(secrets, key[12:24], key[len(key)-16:], string(material), hex.EncodeToString(material), list)
	}

	var shown []string
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		shown = append(shown, fmt.Sprintf(verb, v), fmt.Sprintf(verb, []*vault.Vault{v}))
	}
	wantEqual(t, "a vault", shown[0], "[vault]")
	var logged strings.Builder
	for _, handler := range []slog.Handler{slog.NewTextHandler(&logged, nil), slog.NewJSONHandler(&logged, nil)} {
		slog.New(handler).Info("message", "vault", v)
	}
	encoded, err := json.Marshal(map[string]any{"vault": v})
	if err != nil {
		t.Fatalf("JSON: %v", err)
	}
	shown = append(shown, logged.String(), string(encoded))

	_, err = v.Open(vault.PurposeAPIKey, r.owner, r.sealed)
	shown = append(shown, fmt.Sprintf("%+v", err))
	_, err = vault.Ephemeral().Open(vault.PurposeAuthToken, r.owner, r.sealed)
	shown = append(shown, fmt.Sprintf("%+v", err))
	for i := range text {
		// A character that breaks a key, a name or the JSON, wherever it stands.
		if _, err := vault.FromText(text[:i] + "%" + text[i+1:]); err != nil {
			shown = append(shown, fmt.Sprintf("%+v", err))
		}
	}
	all := strings.Join(shown, "\n")
	for _, secret := range secrets {
		if strings.Contains(all, secret) {
			t.Errorf("a secret is shown: %s", secret)
		}
	}
}
