package transport_test

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// credential stands in the seeds where a server could put one.
const credential = "mina_1717000000a1b2c3d4e5f60718293a4b5c6d7e8f"

type answering func(*http.Request) (*http.Response, error)

func (a answering) RoundTrip(request *http.Request) (*http.Response, error) { return a(request) }

// FuzzAnswer reads answers as they may come from any server or proxy.
func FuzzAnswer(f *testing.F) {
	for _, body := range []string{
		``, `null`, `[]`, `<html>`, `{"data":{"uid":"mina"}}`, `{"data":null}`, `{"data":[],"meta":{"pagination":{"total":1}}}`,
		`{"data":{"authToken":"` + credential + `","createdAt":"` + credential + `"}}`, `{"error":{"code":"` + credential + `","message":"` + credential + `","details":{"a":["` + credential + `"]}}}`,
		`{"error":{"code":1}}`, `{"error":{}}`, `{"error":"` + credential + `"}`, `{"error":{"code":"X","details":[1]},"data":{}}`, `"` + credential + `"`, `{"` + credential + `":`,
	} {
		for _, status := range []int{200, 204, 302, 401, 500} {
			f.Add(status, body, "60")
		}
	}
	f.Fuzz(func(t *testing.T, status int, body, retryAfter string) {
		if status < 100 || status > 999 {
			return
		}
		settings := transport.Settings{AppID: "acme", Host: "https://auth.example.com", BodyLimit: 1 << 20}
		err := settings.SetHTTPClient(&http.Client{Transport: answering(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: status, Header: http.Header{"Retry-After": {retryAfter}}, Body: io.NopCloser(strings.NewReader(body))}, nil
		})})
		if err != nil {
			t.Fatal(err)
		}
		caller, err := transport.New(settings)
		if err != nil {
			t.Fatal(err)
		}
		var user usher.User
		var meta struct {
			Pagination struct {
				Total int `json:"total"`
			} `json:"pagination"`
		}
		err = caller.Do(t.Context(), transport.Request{Method: http.MethodGet, Path: []string{"me"}, Token: credential}, &user, &meta)
		refusal, refused := errors.AsType[*usher.Error](err)
		switch {
		case err == nil && (status < 200 || status > 299):
			t.Errorf("status %d passes as success", status)
		case err != nil && !refused && !errors.Is(err, usher.ErrUnusableAnswer):
			t.Errorf("neither a refusal nor an unusable answer: %v", err)
		case refused && (refusal.Code == "" || refusal.Status != status || refusal.RetryAfter < 0):
			t.Errorf("the refusal is %+v", refusal)
		}
		if err != nil && strings.Contains(err.Error(), credential) {
			t.Errorf("the error holds the credential: %v", err)
		}
	})
}

// FuzzHost takes what a configuration may name as the server.
func FuzzHost(f *testing.F) {
	for _, host := range []string{
		"auth.example.com", "https://auth.example.com:8443/v3/", "http://[::1]:8080", "https://user:password@host", "ftp://host", "//host", "https://host?a#b", "https://ho st", "https://host/%zz", "HTTPS://HOST",
	} {
		f.Add(host)
	}
	f.Fuzz(func(t *testing.T, host string) {
		if host == "" {
			return
		}
		caller, err := transport.New(transport.Settings{AppID: "acme", Host: host})
		if err != nil {
			if len(host) > 20 && strings.Contains(err.Error(), host) {
				t.Errorf("the error repeats the host: %v", err)
			}
			return
		}
		base, err := url.Parse(caller.Base())
		if err != nil || base.Hostname() == "" || base.User != nil || base.RawQuery != "" || base.Fragment != "" || (base.Scheme != "http" && base.Scheme != "https") {
			t.Errorf("%q gives the base %q, %v", host, caller.Base(), err)
		}
		if strings.HasSuffix(caller.Base(), "/") {
			t.Errorf("%q gives the base %q", host, caller.Base())
		}
	})
}
