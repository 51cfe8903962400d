#!/usr/bin/env bash
# Tests everything, race detector on. Installs what is missing as far as it may, and says what it can't.
set -euo pipefail
cd "$(dirname "$0")/.."

cluster=$(mktemp -d)
trap 'scripts/postgres.sh stop "$cluster" >/dev/null 2>&1 || true; rm -rf "$cluster"' EXIT
USHER_TEST_POSTGRES=$(scripts/postgres.sh start "$cluster")
export USHER_TEST_POSTGRES

# The console is tested in a browser.
USHER_CHROMIUM=$(scripts/chromium.sh)
export USHER_CHROMIUM
scripts/npm-packages.sh internal/dashboard/browser

echo "== Go, with SQLite and PostgreSQL"
# The tests of the API say how much of what is specified they exercised; go test shows what passing
# tests print only where it is called without a list of packages. The conformance of the SDKs comes
# by itself below: its time limits need a machine that does nothing else.
go list ./... | grep -v -e /internal/rest$ -e /conformance$ | xargs go test -race
(cd internal/rest && go test -race)
(cd sdk/go/keyring && go test -race ./...)

echo "== The TypeScript SDK"
make --no-print-directory test-js

echo "== The Dart SDK"
make --no-print-directory test-dart

echo "== The Swift SDK"
make --no-print-directory test-swift

echo "== One behaviour for every SDK"
make --no-print-directory conformance

echo "== The official SDKs"
make --no-print-directory test-official
