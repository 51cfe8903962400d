#!/usr/bin/env bash
# Runs the vendor's own SDKs, unchanged, against bin/usher (make build makes it).
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v npm >/dev/null; then
    echo "test-official: Node.js 20 or newer with npm is needed for the tests with the official SDKs; install it, or run make test-go" >&2
    exit 3
fi
USHER_CHROMIUM=$(scripts/chromium.sh)
export USHER_CHROMIUM USHER_BIN=$PWD/bin/usher
scripts/npm-packages.sh conformance/official
cd conformance/official
npm test --silent
