package vault_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/usherhq/usher/internal/vault"
)

func newSigningKey(t *testing.T) *vault.SigningKey {
	t.Helper()
	key, err := vault.NewSigningKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func sign(t *testing.T, key *vault.SigningKey) string {
	t.Helper()
	text, err := key.Sign(map[string]string{"sub": "mina"})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestASigningKeyIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	key := newSigningKey(t)
	text, err := key.Text()
	if err != nil {
		t.Fatal(err)
	}
	again, err := vault.ParseSigningKey(text)
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "the id", again.ID(), key.ID())
	claims, _, err := vault.Verify([]*vault.SigningKey{again}, sign(t, key))
	if err != nil || string(claims) != `{"sub":"mina"}` {
		t.Errorf("%s, %v", claims, err)
	}
}

func TestWhatIsNoSigningKeyIsRefusedWithoutBeingRepeated(t *testing.T) {
	t.Parallel()
	larger, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	good, err := newSigningKey(t).Text()
	if err != nil {
		t.Fatal(err)
	}
	var public map[string]string
	if err := json.Unmarshal([]byte(good), &public); err != nil {
		t.Fatal(err)
	}
	delete(public, "d")
	asText := func(v any) string {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for name, text := range map[string]string{
		"nothing": "", "no JSON": "s3cret", "another form": `{"a":"s3cret"}`, "a secret": `{"kty":"oct","k":"s3cretAA"}`,
		"the public half": asText(public), "another curve": asText(jose.JSONWebKey{Key: larger}), "cut off": good[:len(good)-2],
		"a point on no curve": strings.Replace(good, `"x":"`, `"x":"AAAA`, 1),
	} {
		key, err := vault.ParseSigningKey(text)
		if err == nil || key != nil {
			t.Errorf("%s was taken", name)
		} else if strings.Contains(err.Error(), "s3cret") || len(text) > 40 && strings.Contains(err.Error(), text[20:40]) {
			t.Errorf("%s: the error repeats it: %v", name, err)
		}
	}
}

func TestOnlyWhatAKeySignedIsVerified(t *testing.T) {
	t.Parallel()
	key, stranger := newSigningKey(t), newSigningKey(t)
	good := sign(t, key)
	parts := strings.Split(good, ".")
	published, err := vault.PublicKeys([]*vault.SigningKey{key})
	if err != nil {
		t.Fatal(err)
	}
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(published, &set); err != nil {
		t.Fatal(err)
	}
	public, err := set.Keys[0].Key.(*ecdsa.PublicKey).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	// signedAs signs in the name of the key, with anything.
	signedAs := func(algorithm jose.SignatureAlgorithm, with any) string {
		signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: with}, (&jose.SignerOptions{}).WithHeader("kid", key.ID()))
		if err != nil {
			t.Fatal(err)
		}
		object, err := signer.Sign([]byte(`{"sub":"mina"}`))
		if err != nil {
			t.Fatal(err)
		}
		return object.FullSerialize()
	}
	compact := func(full string) string {
		var object struct{ Protected, Payload, Signature string }
		if err := json.Unmarshal([]byte(full), &object); err != nil {
			t.Fatal(err)
		}
		return object.Protected + "." + object.Payload + "." + object.Signature
	}
	larger, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	head := func(algorithm string) string {
		return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"` + algorithm + `","kid":"` + key.ID() + `"}`))
	}
	for name, test := range map[string]struct {
		text string
		want error
	}{
		"good":                         {good, nil},
		"a stranger's":                 {sign(t, stranger), vault.ErrUnknownSigner},
		"HS256 with the published key": {compact(signedAs(jose.HS256, public)), vault.ErrBadSignature},
		"HS256 with the published set": {compact(signedAs(jose.HS256, published)), vault.ErrBadSignature},
		"another curve":                {compact(signedAs(jose.ES384, larger)), vault.ErrBadSignature},
		"not compact":                  {signedAs(jose.HS256, public), vault.ErrBadSignature},
		"none":                         {head("none") + "." + parts[1] + ".", vault.ErrBadSignature},
		"none, signed":                 {head("none") + "." + parts[1] + "." + parts[2], vault.ErrBadSignature},
		"no signature":                 {parts[0] + "." + parts[1] + ".", vault.ErrBadSignature},
		"another payload": {
			parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"eve"}`)) + "." + parts[2], vault.ErrBadSignature,
		},
		"another's signature": {parts[0] + "." + parts[1] + "." + strings.Split(sign(t, stranger), ".")[2], vault.ErrBadSignature},
		"nothing":             {"", vault.ErrBadSignature},
		"nonsense":            {"a.b.c", vault.ErrBadSignature},
	} {
		claims, _, err := vault.Verify([]*vault.SigningKey{newSigningKey(t), key}, test.text)
		if !errors.Is(err, test.want) || (err == nil) != (test.want == nil) || err != nil && claims != nil {
			t.Errorf("%s: %s, %v, want %v", name, claims, err, test.want)
		}
	}
}

func TestASigningKeyIsNeitherPrintedNorPublished(t *testing.T) {
	t.Parallel()
	key := newSigningKey(t)
	text, err := key.Text()
	if err != nil {
		t.Fatal(err)
	}
	var private struct{ D string }
	if err := json.Unmarshal([]byte(text), &private); err != nil || len(private.D) != 43 {
		t.Fatal("the text has no private key", err)
	}
	scalar, err := base64.RawURLEncoding.DecodeString(private.D)
	if err != nil {
		t.Fatal(err)
	}
	published, err := vault.PublicKeys([]*vault.SigningKey{key})
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	all.Write(published)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&all, verb+verb+verb, key, *key, []*vault.SigningKey{key})
	}
	shown := all.String()
	for _, secret := range []string{private.D, string(scalar), hex.EncodeToString(scalar), fmt.Sprintf("%d", scalar)} {
		if strings.Contains(shown, secret) {
			t.Errorf("the private key can be seen in %s", shown)
		}
	}
}
