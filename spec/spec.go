// Package spec is the truth that code is generated from: errors.json holds every error code.
package spec

//go:generate go run ./generate
