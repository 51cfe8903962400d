#!/usr/bin/env bash
# Tests everything, race detector on. Installs what is missing as far as it may, and says what it can't.
set -euo pipefail
cd "$(dirname "$0")/.."

cluster=$(mktemp -d)
trap 'scripts/postgres.sh stop "$cluster" >/dev/null 2>&1 || true; rm -rf "$cluster"' EXIT
USHER_TEST_POSTGRES=$(scripts/postgres.sh start "$cluster")
export USHER_TEST_POSTGRES

echo "== Go, with SQLite and PostgreSQL"
go test -race ./...

echo "== The official SDK, in Chromium"
make --no-print-directory test-official
