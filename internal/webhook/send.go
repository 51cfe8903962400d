package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

const (
	// TimeLimit is what a receiver has to answer in, from looking up its name to the headers of its
	// answer (contract 7.2).
	TimeLimit = 2 * time.Second
	// bodyLimit is how much of an answer is read, and only so that the connection can be used again.
	bodyLimit   = 4 << 10
	headerLimit = 16 << 10
	idleTime    = 30 * time.Second
	userAgent   = "Usher-Webhook/1"
)

// errNotPublic says that an address is not one that everybody can reach.
var errNotPublic = errors.New("the address is not public")

// sender posts deliveries.
type sender struct {
	client       http.Client
	transport    *http.Transport
	allowPrivate bool
	clock        func() time.Time
}

func newSender(allowPrivate bool, clock func() time.Time) *sender {
	dialer := &net.Dialer{Timeout: TimeLimit, KeepAlive: idleTime}
	if !allowPrivate {
		// Here the name has been looked up and this is the address that is about to be called, whatever
		// the name stood for before.
		dialer.Control = func(_, address string, _ syscall.RawConn) error {
			target, err := netip.ParseAddrPort(address)
			if err != nil || !identity.PublicAddress(target.Addr()) {
				return errNotPublic
			}
			return nil
		}
	}
	s := &sender{allowPrivate: allowPrivate, clock: clock, transport: &http.Transport{
		// No proxy: it would call addresses that are not checked here.
		Proxy: nil, DialContext: dialer.DialContext, ForceAttemptHTTP2: true, DisableCompression: true,
		TLSHandshakeTimeout: TimeLimit, ResponseHeaderTimeout: TimeLimit, MaxResponseHeaderBytes: headerLimit,
		IdleConnTimeout: idleTime, MaxIdleConns: 256, MaxIdleConnsPerHost: perWebhook,
	}}
	s.client = http.Client{Transport: s.transport, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
	return s
}

// send makes one attempt. Its error is for the log and holds neither the URL nor the answer.
func (s *sender) send(ctx context.Context, webhook identity.Webhook, delivery identity.Delivery) (identity.Outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, TimeLimit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, webhook.URL, bytes.NewReader(delivery.Payload))
	if err != nil {
		return identity.Outcome{Failure: identity.FailureConnection}, errors.New("the URL can't be called")
	}
	if request.URL.Scheme != "https" && !s.allowPrivate {
		return identity.Outcome{Failure: identity.FailureAddress}, errors.New("the URL is not one of https")
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", userAgent)
	request.Header.Set(EventHeader, delivery.Event)
	request.Header.Set(DeliveryHeader, strconv.FormatInt(delivery.ID, 10))
	request.Header.Set(SignatureHeader, sign(webhook.Secret, s.clock(), delivery.Payload))
	if webhook.UsesBasicAuth {
		request.SetBasicAuth(webhook.Username, string(webhook.Password))
	}
	response, err := s.do(request)
	if err != nil {
		return identity.Outcome{Failure: classify(err)}, err
	}
	defer response.Body.Close()
	// The answer is there with its status. A body that does not end is not waited for longer.
	_, _ = io.CopyN(io.Discard, response.Body, bodyLimit)
	outcome := identity.Outcome{Status: response.StatusCode}
	switch {
	case response.StatusCode >= 200 && response.StatusCode < 300:
	case response.StatusCode >= 300 && response.StatusCode < 400:
		outcome.Failure = identity.FailureRedirect
	default:
		outcome.Failure = identity.FailureStatus
	}
	return outcome, nil
}

// do sends a request and gives errors without its URL.
func (s *sender) do(request *http.Request) (*http.Response, error) {
	response, err := s.client.Do(request)
	if named, ok := errors.AsType[*url.Error](err); ok {
		err = named.Err
	}
	return response, err
}

// classify names what kept an answer from coming.
func classify(err error) identity.DeliveryFailure {
	if errors.Is(err, errNotPublic) {
		return identity.FailureAddress
	}
	if failed, ok := errors.AsType[net.Error](err); ok && failed.Timeout() || errors.Is(err, context.DeadlineExceeded) {
		return identity.FailureTimeout
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return identity.FailureDNS
	}
	if isTLS(err) {
		return identity.FailureTLS
	}
	return identity.FailureConnection
}

func isTLS(err error) bool {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return true
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return true
	}
	if _, ok := errors.AsType[tls.AlertError](err); ok {
		return true
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return true
	}
	return strings.HasPrefix(err.Error(), "tls: ") || strings.Contains(err.Error(), "server gave HTTP response to HTTPS client")
}

func (s *sender) close() { s.transport.CloseIdleConnections() }
