package rest_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"
)

// verified gives the claims of a JWT as any other server reads them: with the published keys alone.
func (a *api) verified(jwt string) map[string]any {
	a.t.Helper()
	var keys jose.JSONWebKeySet
	if err := json.Unmarshal([]byte(a.must(http.MethodGet, "/.well-known/jwks.json", headers{}, "").text), &keys); err != nil {
		a.t.Fatal(err)
	}
	parsed, err := jose.ParseSignedCompact(jwt, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		a.t.Fatal(err)
	}
	text, err := parsed.Verify(keys)
	if err != nil {
		a.t.Fatalf("the published keys don't verify the JWT: %v", err)
	}
	var claims map[string]any
	if err := json.Unmarshal(text, &claims); err != nil {
		a.t.Fatal(err)
	}
	return claims
}

func TestTheJWTSaysWhoTheUserIs(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	token := a.issue(andrew, byREST())
	sent := byToken(token).with("Host", "auth.example.com")
	me := a.must(http.MethodGet, "/me", sent, "").data()["jwt"].(string)
	claims := a.verified(me)
	if id, _ := claims["jti"].(string); len(id) != 32 {
		t.Errorf("the jti is %v", claims["jti"])
	}
	delete(claims, "jti")
	want := map[string]any{
		"iss": "http://auth.example.com", "sub": "[testing]" + andrew, "aud": appID, "use": "session", "sid": claims["sid"],
		"iat": float64(noon.Unix()), "nbf": float64(noon.Unix()), "exp": float64(noon.Add(60 * 24 * time.Hour).Unix()),
		"data": map[string]any{"appId": appID},
	}
	if difference := cmp.Diff(want, claims); difference != "" {
		t.Error(difference)
	}
	if again := a.must(http.MethodGet, "/me", sent, "").data()["jwt"]; again != me {
		t.Error("the same token gets another JWT the next time")
	}
	own := a.must(http.MethodPost, "/me/jwt", sent, `{"passthrough":{"room":7}}`).data()["token"].(string)
	if got := a.verified(own)["data"].(map[string]any)["passthrough"]; !cmp.Equal(got, map[string]any{"room": float64(7)}) {
		t.Errorf("the passthrough is %v", got)
	}
}

func TestAJWTEndsWithItsToken(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	token := a.must(http.MethodPost, "/users/"+andrew+"/auth_tokens", byREST(), `{"expiresIn":3600}`).data()["authToken"].(string)
	jwt := a.must(http.MethodGet, "/me", byToken(token), "").data()["jwt"].(string)
	if got := a.verified(jwt)["exp"]; got != float64(noon.Add(time.Hour).Unix()) {
		t.Errorf("the exp is %v, not the token's", got)
	}
}

func TestThePublishedKeysMayBeKept(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	answer := a.must(http.MethodGet, "/.well-known/jwks.json", headers{}, "")
	if got := answer.header.Get("Cache-Control"); got != "public, max-age=300" {
		t.Errorf("Cache-Control is %q", got)
	}
	if strings.Contains(answer.text, `"d"`) {
		t.Error("a private key is published")
	}
}

// introspected asks by JSON, and by the form that RFC 7662 has.
func (a *api) introspected(token string) map[string]any {
	a.t.Helper()
	text, _ := json.Marshal(map[string]string{"token": token})
	got := a.must(http.MethodPost, "/v3/introspect", byREST(), string(text)).body
	form := byREST().with("Content-Type", "application/x-www-form-urlencoded")
	if difference := cmp.Diff(got, a.must(http.MethodPost, "/v3/introspect", form, "token="+token+"&token_type_hint=access_token").body); difference != "" {
		a.t.Errorf("JSON and a form get different answers: %s", difference)
	}
	return got
}

func TestIntrospectionTellsWhatIsGoodNow(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	inactive := map[string]any{"active": false}
	token := a.issue(andrew, byREST())
	jwt := a.must(http.MethodGet, "/me", byToken(token), "").data()["jwt"].(string)
	call := a.must(http.MethodPost, "/call_tokens", byToken(token), `{"sessionId":"standup"}`).data()["token"].(string)
	for _, good := range []string{token, jwt, call} {
		got := a.introspected(good)
		if got["active"] != true || got["sub"] != "[testing]"+andrew || got["username"] != andrew || got["aud"] != appID {
			t.Errorf("a good token: %v", got)
		}
	}
	signature := strings.LastIndexByte(jwt, '.')
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + jwt[strings.IndexByte(jwt, '.'):signature+1]
	for name, bad := range map[string]string{
		"nonsense": "nonsense", "dots": "a.b.c", "a signature of nobody": jwt[:signature+5] + strings.Repeat("A", len(jwt)-signature-5), "no algorithm": none,
	} {
		if got := a.introspected(bad); !cmp.Equal(got, inactive) {
			t.Errorf("%s: %v", name, got)
		}
	}
	other := byREST().with("appId", bystander)
	for _, good := range []string{token, jwt} {
		text, _ := json.Marshal(map[string]string{"token": good})
		if got := a.must(http.MethodPost, "/introspect", other, string(text)).text; got != `{"active":false}` {
			t.Errorf("another app is told %s", got)
		}
	}
	a.must(http.MethodDelete, "/users/"+andrew+"/auth_tokens", byREST(), "")
	for _, dead := range []string{token, jwt, call} {
		if got := a.introspected(dead); !cmp.Equal(got, inactive) {
			t.Errorf("after the token was revoked: %v", got)
		}
	}
	a.refused(http.MethodPost, "/introspect", byREST(), `{}`, "ERR_BAD_REQUEST", 400)
	a.refused(http.MethodPost, "/introspect", byAuthKey(), `{"token":"x"}`, "AUTH_ERR_NO_ACCESS", 403)
}

// Contract 9.41.
func TestACallTokenAdmitsToItsCall(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	token := a.issue(andrew, byREST())
	call := a.must(http.MethodPost, "/v3.0/call_tokens", byToken(token), `{"sessionId":"standup"}`).data()["token"].(string)
	if data := a.verified(call)["data"].(map[string]any); data["sessionId"] != "standup" {
		t.Errorf("the call token says %v", data)
	}
	payload := a.must(http.MethodGet, "/v3.0/call_tokens", headers{"callToken": call}, "").data()["payload"].(map[string]any)
	want := map[string]any{"room": "testing_standup", "data": map[string]any{
		"appId": appID, "region": "us", "sessionId": "standup", "user": map[string]any{"uid": andrew, "name": "Andrew Joseph"},
	}}
	if difference := cmp.Diff(want, payload); difference != "" {
		t.Error(difference)
	}
	const gone = "AUTH_ERR_AUTH_TOKEN_NOT_FOUND"
	session := a.must(http.MethodGet, "/me", byToken(token), "").data()["jwt"].(string)
	a.refused(http.MethodGet, "/call_tokens", headers{"callToken": session}, "", gone, 401)
	a.refused(http.MethodGet, "/call_tokens", headers{}, "", gone, 401)
	for _, body := range []string{`{}`, `{"sessionId":""}`, `{"sessionId":7}`, `{"sessionId":"` + letters(501) + `"}`} {
		a.refused(http.MethodPost, "/call_tokens", byToken(token), body, "ERR_BAD_REQUEST", 400)
	}
	a.must(http.MethodDelete, "/users/"+andrew, byREST(), "")
	a.refused(http.MethodGet, "/call_tokens", headers{"callToken": call}, "", gone, 401)
}

func TestDisablingAKeyEndsWhatItIssued(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	kept := a.issue(andrew, byREST())
	login := a.issue(andrew, byAuthKey())
	a.must(http.MethodPut, "/apikeys/"+authKey, byREST(), `{"disabled":true}`)
	a.refused(http.MethodGet, "/me", byToken(login), "", "AUTH_ERR_AUTH_TOKEN_NOT_FOUND", 401)
	a.must(http.MethodPut, "/apikeys/"+authKey, byREST(), `{"disabled":false}`)
	a.refused(http.MethodGet, "/me", byToken(login), "", "AUTH_ERR_AUTH_TOKEN_NOT_FOUND", 401)
	a.must(http.MethodGet, "/me", byToken(kept), "")
}
