package verify_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/usherhq/usher/internal/vault"
	"github.com/usherhq/usher/sdk/go/verify"
)

func TestClaimsAreReadWhole(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	now := time.Now().Truncate(time.Second)
	want := verify.Claims{
		UID: "mina", AppID: "clinic", Issuer: issuer, ID: "j-1", SessionID: "17",
		Passthrough: json.RawMessage(`{"a":[1]}`), IssuedAt: now, ExpiresAt: now.Add(time.Hour),
	}
	times := said{"iat": now.Unix(), "exp": now.Add(time.Hour).Unix()}
	session := saying(times)
	session["data"] = said{"appId": "clinic", "passthrough": json.RawMessage(`{"a":[1]}`)}
	got, err := a.verifier(t).Verify(t.Context(), a.sign(t, session))
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	want.Passthrough, want.CallID = nil, "standup"
	got, err = a.verifier(t, verify.WithAppID("Clinic")).VerifyCallToken(t.Context(), a.sign(t, forCall(times)))
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestWhatTheClaimsSayDecides(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	now := time.Now().Unix()
	for name, test := range map[string]struct {
		claims any
		want   error
	}{
		"good":                               {saying(nil), nil},
		"expired within the leeway":          {saying(said{"exp": now - 30}), nil},
		"expired beyond it":                  {saying(said{"exp": now - 61}), verify.ErrExpired},
		"expired for ever":                   {saying(said{"exp": int64(-1) << 63}), verify.ErrExpired},
		"without an end":                     {saying(said{"exp": nil}), verify.ErrMalformed},
		"an end that is no number":           {saying(said{"exp": "never"}), verify.ErrMalformed},
		"an end beyond all numbers":          {saying(said{"exp": json.RawMessage("1e99")}), verify.ErrMalformed},
		"not yet, within the leeway":         {saying(said{"nbf": now + 30}), nil},
		"not yet":                            {saying(said{"nbf": now + 90}), verify.ErrNotYetValid},
		"another issuer":                     {saying(said{"iss": "https://evil.example"}), verify.ErrIssuer},
		"the issuer with a path":             {saying(said{"iss": issuer + "/"}), verify.ErrIssuer},
		"no issuer":                          {saying(said{"iss": nil}), verify.ErrIssuer},
		"another app":                        {saying(said{"aud": "school", "sub": "[school]mina"}), verify.ErrApp},
		"a user of another app than it says": {saying(said{"sub": "[school]mina"}), verify.ErrMalformed},
		"several apps":                       {saying(said{"aud": []string{"clinic"}}), verify.ErrMalformed},
		"no app":                             {saying(said{"aud": "", "sub": "[]mina"}), verify.ErrMalformed},
		"no user":                            {saying(said{"sub": "[clinic]"}), verify.ErrMalformed},
		"a subject of another form":          {saying(said{"sub": "mina"}), verify.ErrMalformed},
		"a call token":                       {forCall(nil), verify.ErrUse},
		"a session that names a call":        {forCall(said{"use": "session"}), verify.ErrUse},
		"no use":                             {saying(said{"use": nil}), verify.ErrUse},
		"a list":                             {[]int{1}, verify.ErrMalformed},
		"nothing":                            {nil, verify.ErrMalformed},
	} {
		_, err := a.verifier(t).Verify(t.Context(), a.sign(t, test.claims))
		wantReason(t, name, err, test.want)
	}
	for name, test := range map[string]struct {
		claims any
		want   error
	}{
		"good":                    {forCall(nil), nil},
		"a session's":             {saying(nil), verify.ErrUse},
		"a call without a name":   {saying(said{"use": "call"}), verify.ErrUse},
		"expired":                 {forCall(said{"exp": now - 61}), verify.ErrExpired},
		"of another app":          {forCall(said{"aud": "school", "sub": "[school]mina"}), verify.ErrApp},
		"of another issuer":       {forCall(said{"iss": "x"}), verify.ErrIssuer},
		"a use of times to come":  {forCall(said{"use": "file"}), verify.ErrUse},
		"a call that is no text":  {forCall(said{"data": said{"sessionId": 7}}), verify.ErrMalformed},
		"data that is no object":  {forCall(said{"data": "standup"}), verify.ErrMalformed},
		"data that says no call":  {forCall(said{"data": said{}}), verify.ErrUse},
		"data that is not there":  {forCall(said{"data": nil}), verify.ErrUse},
		"an empty name of a call": {forCall(said{"data": said{"sessionId": ""}}), verify.ErrUse},
	} {
		_, err := a.verifier(t).VerifyCallToken(t.Context(), a.sign(t, test.claims))
		wantReason(t, "call token: "+name, err, test.want)
	}
}

// wantReason expects a token to be refused for one reason, or to be accepted.
func wantReason(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) || want == nil && err != nil {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
	if refusal, ok := errors.AsType[*verify.Error](err); err != nil && (!ok || refusal.Reason != want) { //nolint:errorlint // the reason itself
		t.Errorf("%s: %#v is no *verify.Error with the reason", what, err)
	}
}

// handmade is a JWT with any header and any signature.
func handmade(header, claims any, signature []byte) string {
	encode := func(v any) string {
		text, _ := json.Marshal(v)
		return base64.RawURLEncoding.EncodeToString(text)
	}
	return encode(header) + "." + encode(claims) + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// signedBy signs with any algorithm, in the name of the authority's key.
func signedBy(t *testing.T, algorithm jose.SignatureAlgorithm, key any, id string, options *jose.SignerOptions) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, options.WithHeader("kid", id))
	if err != nil {
		t.Fatal(err)
	}
	text, _ := json.Marshal(saying(nil))
	object, err := signer.Sign(text)
	if err != nil {
		t.Fatal(err)
	}
	compact, err := object.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return compact
}

// publicKey is what everybody knows of the authority's key.
func publicKey(t *testing.T, key *vault.SigningKey) *ecdsa.PublicKey {
	t.Helper()
	text, err := vault.PublicKeys([]*vault.SigningKey{key})
	if err != nil {
		t.Fatal(err)
	}
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(text, &set); err != nil {
		t.Fatal(err)
	}
	return set.Keys[0].Key.(*ecdsa.PublicKey)
}

func TestOnlyES256OfAPublishedKeyIsAccepted(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	key := a.keys[0]
	good := a.sign(t, saying(nil))
	parts := strings.Split(good, ".")
	public := publicKey(t, key)
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	inPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	asJWK, err := json.Marshal(jose.JSONWebKey{Key: public, KeyID: key.ID(), Algorithm: "ES256", Use: "sig"})
	if err != nil {
		t.Fatal(err)
	}
	point, err := public.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	stranger := must(vault.NewSigningKey(rand.Reader))(t)
	mine := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))(t)
	larger := must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))(t)
	forRSA := must(rsa.GenerateKey(rand.Reader, 2048))(t)
	none := &jose.SignerOptions{}
	tampered := func(part int) string {
		bits := must(base64.RawURLEncoding.DecodeString(parts[part]))(t)
		bits[len(bits)/2] ^= 1
		changed := append([]string(nil), parts...)
		changed[part] = base64.RawURLEncoding.EncodeToString(bits)
		return strings.Join(changed, ".")
	}
	for name, test := range map[string]struct {
		token string
		want  error
	}{
		"good":                        {good, nil},
		"none":                        {handmade(said{"alg": "none", "kid": key.ID()}, saying(nil), nil), verify.ErrAlgorithm},
		"None":                        {handmade(said{"alg": "None", "kid": key.ID()}, saying(nil), nil), verify.ErrAlgorithm},
		"none with a good signature":  {handmade(said{"alg": "none", "kid": key.ID()}, saying(nil), []byte("x")), verify.ErrAlgorithm},
		"no algorithm":                {handmade(said{"kid": key.ID()}, saying(nil), nil), verify.ErrAlgorithm},
		"HS256 with the key in PEM":   {signedBy(t, jose.HS256, inPEM, key.ID(), none), verify.ErrAlgorithm},
		"HS256 with the key in DER":   {signedBy(t, jose.HS256, der, key.ID(), none), verify.ErrAlgorithm},
		"HS256 with the key as JWK":   {signedBy(t, jose.HS256, asJWK, key.ID(), none), verify.ErrAlgorithm},
		"HS256 with the key's point":  {signedBy(t, jose.HS256, point, key.ID(), none), verify.ErrAlgorithm},
		"ES384":                       {signedBy(t, jose.ES384, larger, key.ID(), none), verify.ErrAlgorithm},
		"RS256":                       {signedBy(t, jose.RS256, forRSA, key.ID(), none), verify.ErrAlgorithm},
		"PS256":                       {signedBy(t, jose.PS256, forRSA, key.ID(), none), verify.ErrAlgorithm},
		"somebody's key, by its name": {signedBy(t, jose.ES256, mine, key.ID(), none), verify.ErrSignature},
		"somebody's key, brought along": {
			signedBy(t, jose.ES256, mine, key.ID(), &jose.SignerOptions{EmbedJWK: true}), verify.ErrSignature,
		},
		"a key that is not published": {signed(t, stranger, saying(nil)), verify.ErrUnknownKey},
		"no name of a key":            {handmade(said{"alg": "ES256"}, saying(nil), []byte("x")), verify.ErrMalformed},
		"no signature":                {parts[0] + "." + parts[1] + ".", verify.ErrSignature},
		"a signature of zeros": {
			parts[0] + "." + parts[1] + "." + base64.RawURLEncoding.EncodeToString(make([]byte, 64)), verify.ErrSignature,
		},
		"a changed payload":   {tampered(1), verify.ErrSignature},
		"a changed signature": {tampered(2), verify.ErrSignature},
		"a header nobody understands": {
			handmade(said{"alg": "ES256", "kid": key.ID(), "crit": []string{"x"}, "x": 1}, saying(nil), []byte("x")), verify.ErrSignature,
		},
		"encrypted":       {parts[0] + ".a.b.c." + parts[1], verify.ErrMalformed},
		"two parts":       {parts[0] + "." + parts[1], verify.ErrMalformed},
		"empty":           {"", verify.ErrMalformed},
		"spaces around":   {" " + good, verify.ErrMalformed},
		"not base64":      {"!." + parts[1] + "." + parts[2], verify.ErrMalformed},
		"as JSON":         {`{"payload":"","signatures":[]}`, verify.ErrMalformed},
		"far too long":    {good + strings.Repeat("A", 8<<10), verify.ErrMalformed},
		"an auth token":   {"mina_1700000000aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", verify.ErrMalformed},
		"control letters": {"\x00.\x00.\x00", verify.ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := a.verifier(t, verify.WithRefetchInterval(time.Millisecond))
			claims, err := v.Verify(t.Context(), test.token)
			wantReason(t, name, err, test.want)
			if err != nil && claims.UID != "" {
				t.Errorf("claims of a refused token: %+v", claims)
			}
			if err != nil && len(test.token) > 10 && strings.Contains(err.Error(), test.token[:10]) {
				t.Errorf("the error tells of the token: %v", err)
			}
		})
	}
}

func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func TestOtherKeysInTheSetAreLeftOut(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	good := a.keys[0]
	mine := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))(t)
	larger := must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))(t)
	set := func(keys ...any) string {
		text, err := json.Marshal(map[string]any{"keys": keys})
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	public := jose.JSONWebKey{Key: publicKey(t, good), KeyID: good.ID(), Algorithm: "ES256", Use: "sig"}
	for name, test := range map[string]struct {
		set  string
		want error
	}{
		"strange ones beside it": {set(said{"kty": "AKP"}, said{"kty": "oct", "k": "c2VjcmV0", "kid": good.ID()}, 7, nil, public,
			jose.JSONWebKey{Key: larger.Public(), KeyID: "larger"}), nil},
		"for encryption":                  {set(jose.JSONWebKey{Key: public.Key, KeyID: good.ID(), Use: "enc"}), verify.ErrUnavailable},
		"for another algorithm":           {set(jose.JSONWebKey{Key: public.Key, KeyID: good.ID(), Algorithm: "ES384"}), verify.ErrUnavailable},
		"a secret by the key's name":      {set(said{"kty": "oct", "k": "c2VjcmV0", "kid": good.ID()}), verify.ErrUnavailable},
		"a private key by the key's name": {set(jose.JSONWebKey{Key: mine, KeyID: good.ID()}), verify.ErrUnavailable},
		"another key by the key's name":   {set(jose.JSONWebKey{Key: mine.Public(), KeyID: good.ID()}), verify.ErrSignature},
		"without a name":                  {set(jose.JSONWebKey{Key: public.Key}), verify.ErrUnavailable},
		"a point on no curve": {
			set(said{"kty": "EC", "crv": "P-256", "kid": good.ID(), "x": b64(make([]byte, 32)), "y": b64(make([]byte, 32))}), verify.ErrUnavailable,
		},
		"none":         {set(), verify.ErrUnavailable},
		"no set":       {`{}`, verify.ErrUnavailable},
		"a list":       {`[]`, verify.ErrUnavailable},
		"a page":       {`<html>`, verify.ErrUnavailable},
		"nothing":      {``, verify.ErrUnavailable},
		"far too long": {set(public) + strings.Repeat(" ", 256<<10), verify.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			other := newAuthority(t)
			other.answers(func() (*http.Response, error) { return reply(http.StatusOK, test.set), nil })
			_, err := other.verifier(t).Verify(t.Context(), a.sign(t, saying(nil)))
			wantReason(t, name, err, test.want)
		})
	}
}

func b64(bits []byte) string { return base64.RawURLEncoding.EncodeToString(bits) }

func TestNewRefusesWhatCannotBeMeant(t *testing.T) {
	t.Parallel()
	app := verify.WithAppID("clinic")
	for name, test := range map[string]struct {
		server  string
		options []verify.Option
	}{
		"no server":            {"", []verify.Option{app}},
		"no URL":               {"auth.example.com", []verify.Option{app}},
		"another scheme":       {"ftp://auth.example.com", []verify.Option{app}},
		"a path":               {issuer + "/v3", []verify.Option{app}},
		"a query":              {issuer + "?a=b", []verify.Option{app}},
		"a fragment":           {issuer + "#a", []verify.Option{app}},
		"a password":           {"https://a:b@auth.example.com", []verify.Option{app}},
		"nobody's users":       {issuer, nil},
		"everybody's and some": {issuer, []verify.Option{app, verify.WithAnyApp()}},
		"a negative leeway":    {issuer, []verify.Option{app, verify.WithLeeway(-1)}},
		"no interval":          {issuer, []verify.Option{app, verify.WithRefetchInterval(0)}},
		"no time for keys":     {issuer, []verify.Option{app, verify.WithStaleKeys(0)}},
		"no client":            {issuer, []verify.Option{app, verify.WithHTTPClient(nil)}},
	} {
		if v, err := verify.New(test.server, test.options...); err == nil || v != nil {
			t.Errorf("%s: %v, %v", name, v, err)
		}
	}
}

func TestWhoseJWTsAreAcceptedIsSaid(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	client := verify.WithHTTPClient(&http.Client{Transport: a})
	for name, test := range map[string]struct {
		server  string
		options []verify.Option
		claims  said
		want    error
		asked   string
	}{
		"a slash after the server":   {issuer + "/", []verify.Option{verify.WithAppID("clinic")}, nil, nil, issuer + "/.well-known/jwks.json"},
		"any app":                    {issuer, []verify.Option{verify.WithAnyApp()}, said{"aud": "school", "sub": "[school]mina"}, nil, issuer + "/.well-known/jwks.json"},
		"a key set and any issuer":   {"http://inside:8080/keys.json?v=1", []verify.Option{verify.WithAnyApp()}, said{"iss": "x"}, nil, "http://inside:8080/keys.json?v=1"},
		"a key set and its issuer":   {"http://inside/keys.json", []verify.Option{verify.WithAnyApp(), verify.WithIssuer(issuer)}, nil, nil, "http://inside/keys.json"},
		"a key set, another issuer":  {"http://inside/keys.json", []verify.Option{verify.WithAnyApp(), verify.WithIssuer(issuer)}, said{"iss": "x"}, verify.ErrIssuer, "http://inside/keys.json"},
		"another name of the server": {"http://inside:8080", []verify.Option{verify.WithAnyApp(), verify.WithIssuer(issuer)}, nil, nil, "http://inside:8080/.well-known/jwks.json"},
	} {
		v, err := verify.New(test.server, append(test.options, client)...)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		_, err = v.Verify(t.Context(), a.sign(t, saying(test.claims)))
		wantReason(t, name, err, test.want)
		if got := a.asked.URL.String(); got != test.asked || a.asked.Header.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: asked %s, want %s, past every cache", name, got, test.asked)
		}
	}
}

// FuzzVerify looks for a text that is accepted without having been signed, or that breaks it.
func FuzzVerify(f *testing.F) {
	a := newAuthority(f)
	v := a.verifier(f, verify.WithRefetchInterval(time.Nanosecond))
	good := a.sign(f, saying(nil))
	call := a.sign(f, forCall(nil))
	for _, seed := range []string{
		good, call, "", "..", good + "x", handmade(said{"alg": "none"}, saying(nil), nil),
		handmade(said{"alg": "ES256", "kid": a.keys[0].ID()}, saying(nil), make([]byte, 64)),
		handmade(said{"alg": "HS256", "kid": a.keys[0].ID()}, saying(nil), make([]byte, crypto.SHA256.Size())),
		handmade(said{"alg": "ES256", "kid": "x", "crit": []string{"b64"}, "b64": false}, saying(nil), make([]byte, 64)),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		claims, err := v.Verify(t.Context(), text)
		if _, ok := errors.AsType[*verify.Error](err); err != nil && !ok {
			t.Errorf("%q: an error without a reason: %v", text, err)
		}
		if err == nil && (signedPart(text) != signedPart(good) || claims.UID != "mina") {
			t.Errorf("%q was accepted: %+v", text, claims)
		}
		if _, err := v.VerifyCallToken(t.Context(), text); err == nil && signedPart(text) != signedPart(call) {
			t.Errorf("%q was accepted as a call token", text)
		}
	})
}

// signedPart leaves out the signature, the text of which may have bits that mean nothing.
func signedPart(token string) string { return token[:max(0, strings.LastIndexByte(token, '.'))] }
