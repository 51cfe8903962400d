#!/bin/sh
# Fails when a generated file, go.mod or go.sum differs from what its source makes of it.
set -eu
cd "$(dirname "$0")/.."
before=$(mktemp -d)
trap 'rm -rf "$before"' EXIT

files="internal/fault/codes_gen.go sdk/go/usher/codes_gen.go sdk/js/src/codes_gen.ts sdk/dart/lib/src/codes_gen.dart sdk/swift/Sources/UsherCalls/Codes.gen.swift docs/errors.md"
for file in $files; do
    mkdir -p "$before/$(dirname "$file")"
    cp "$file" "$before/$file"
done
go generate ./spec
for file in $files; do
    if ! cmp -s "$file" "$before/$file"; then
        echo "verify: $file was not up to date with spec/errors.json; it is now: commit it" >&2
        exit 1
    fi
done
go mod tidy -diff
(cd sdk/go/keyring && go mod tidy -diff)
unformatted=$(git ls-files '*.go' | xargs gofmt -l)
if [ -n "$unformatted" ]; then
    echo "verify: not formatted, run make format:" >&2
    echo "$unformatted" >&2
    exit 1
fi
echo "verify: generated files, modules and formatting are up to date"
