#!/bin/sh
# Measures what the TypeScript SDK adds to the requests of a login, where Node.js is there.
set -eu
cd "$(dirname "$0")/.."
if ! command -v npm >/dev/null; then
    echo "bench-js: there is no Node.js with npm here; the TypeScript SDK is not measured" >&2
    exit 0
fi
scripts/npm-packages.sh sdk/js
npm --prefix sdk/js run --silent build
exec node sdk/js/bench/login.mjs
