package vault_test

import (
	"testing"

	"github.com/usherhq/usher/internal/vault"
)

const benchmarked = "mina_17723664007f3a9c0de1b2a4958677"

func BenchmarkFingerprint(b *testing.B) {
	v := vault.Ephemeral()
	b.ReportAllocs()
	for b.Loop() {
		v.Fingerprint(vault.PurposeAuthToken, benchmarked)
	}
}

func BenchmarkCandidatesAfterARotation(b *testing.B) {
	path, v := newFile(b)
	rotate(b, path)
	reload(b, v)
	b.ReportAllocs()
	for b.Loop() {
		v.Candidates(vault.PurposeAuthToken, benchmarked)
	}
}

func BenchmarkSeal(b *testing.B) {
	v := vault.Ephemeral()
	r := newRow(b, v, benchmarked)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := v.Seal(vault.PurposeAuthToken, r.owner, r.value); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	v := vault.Ephemeral()
	r := newRow(b, v, benchmarked)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := v.Open(vault.PurposeAuthToken, r.owner, r.sealed); err != nil {
			b.Fatal(err)
		}
	}
}
