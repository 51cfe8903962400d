package server

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

// selfSignedFile is kept beside the data, so that a browser that was told to trust the certificate
// need not be told again after every start.
const selfSignedFile = "self-signed.pem"

// How long a self-signed certificate is good, and how near its end it is made anew. Browsers refuse
// ones that are good for more than 825 days.
const (
	selfSignedLife   = 800 * 24 * time.Hour
	selfSignedMargin = 30 * 24 * time.Hour
)

func tlsConfig(config Config, app identity.App) (*tls.Config, error) {
	certificate, err := loadCertificate(config, app)
	if err != nil {
		return nil, err
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{certificate}}, nil
}

func loadCertificate(config Config, app identity.App) (tls.Certificate, error) {
	if !config.TLSSelfSigned {
		certificate, err := tls.LoadX509KeyPair(config.TLSCert, config.TLSKey)
		if err != nil {
			return tls.Certificate{}, fmt.Errorf("--tls-cert and --tls-key: %w", err)
		}
		return certificate, nil
	}
	names := selfSignedNames(config, app)
	folder := config.dataFolder()
	if folder == "" {
		text, err := makeSelfSigned(names, time.Now())
		if err != nil {
			return tls.Certificate{}, err
		}
		return tls.X509KeyPair(text, text)
	}
	path := filepath.Join(folder, selfSignedFile)
	if kept, err := os.ReadFile(path); err == nil {
		if certificate, err := tls.X509KeyPair(kept, kept); err == nil && stillGood(certificate, names, time.Now()) {
			return certificate, nil
		}
	}
	text, err := makeSelfSigned(names, time.Now())
	if err != nil {
		return tls.Certificate{}, err
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return tls.Certificate{}, fmt.Errorf("keep the self-signed certificate: %w", err)
	}
	return tls.X509KeyPair(text, text)
}

// selfSignedNames are this machine's, the public one, and those that an official SDK calls by
// default, for whoever points them here by DNS or a hosts file.
func selfSignedNames(config Config, app identity.App) []string {
	names := []string{"localhost", "127.0.0.1", "::1"}
	if host := config.publicHost(); host != "" {
		names = append(names, host)
	}
	if app.ID != "" {
		for _, service := range []string{"api", "apiclient", "websocket", "call"} {
			for _, suffix := range []string{"cometchat.io", "localhost"} {
				names = append(names, fmt.Sprintf("%s.%s-%s.%s", app.ID, service, app.Region, suffix))
			}
		}
	}
	return names
}

func stillGood(certificate tls.Certificate, names []string, now time.Time) bool {
	if now.Add(selfSignedMargin).After(certificate.Leaf.NotAfter) {
		return false
	}
	for _, name := range names {
		if certificate.Leaf.VerifyHostname(name) != nil {
			return false
		}
	}
	return true
}

// makeSelfSigned gives a certificate and its key as PEM.
func makeSelfSigned(names []string, now time.Time) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a key for the self-signed certificate: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, fmt.Errorf("make a serial number: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: "Usher self-signed"},
		NotBefore:    now.Add(-time.Hour), NotAfter: now.Add(selfSignedLife),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		// It may be put into a trust store as it is.
		BasicConstraintsValid: true, IsCA: true,
	}
	for _, name := range names {
		if address := net.ParseIP(name); address != nil {
			template.IPAddresses = append(template.IPAddresses, address)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make the self-signed certificate: %w", err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("encode the key of the self-signed certificate: %w", err)
	}
	var text bytes.Buffer
	for _, block := range []*pem.Block{{Type: "CERTIFICATE", Bytes: certificate}, {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := pem.Encode(&text, block); err != nil {
			return nil, err
		}
	}
	return text.Bytes(), nil
}
