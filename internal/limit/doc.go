// Package limit counts what callers do and says when it is too much: token buckets for requests, and
// a growing delay for whoever sends wrong credentials. It keeps everything in memory, each server for
// itself, and never more than a given number of entries.
package limit
