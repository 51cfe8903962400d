#!/bin/sh
# Installs the npm packages that a folder's lock file names, unless just these are there already.
set -eu
cd "$(dirname "$0")/../$1"
if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    npm ci --no-audit --no-fund --loglevel=error >&2
fi
