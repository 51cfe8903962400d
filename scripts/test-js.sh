#!/usr/bin/env bash
# Tests the TypeScript SDK: units, types, style, size, package, and in Chromium against a real server. Its
# copy in the console must be what it makes now.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v npm >/dev/null; then
    echo "test-js: Node.js 20 or newer with npm is needed for the TypeScript SDK; install it, or run make test-go" >&2
    exit 3
fi
scripts/npm-packages.sh sdk/js
USHER_CHROMIUM=$(scripts/chromium.sh)
export USHER_CHROMIUM USHER_BIN=$PWD/bin/usher
internal/dashboard/sdk.sh --check
cd sdk/js
npm test --silent
npm run --silent check
npm run --silent test:browser
