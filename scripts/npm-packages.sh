#!/bin/sh
# Installs the npm packages that a folder's lock file names, unless just these are there already.
set -eu
cd "$(dirname "$0")/../$1"
if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    # Not npm ci: it insists on an entry for every system that a tool has a build for, and a lock file
    # that was made with a registry which carries only some of them has no such entries.
    npm install --no-save --no-audit --no-fund --loglevel=error >&2
fi
