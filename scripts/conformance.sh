#!/usr/bin/env bash
# Drives the SDKs through the scenarios of spec/session.md.
#   conformance.sh run [SDK[,SDK]]   all whose driver can run here; with names: those, or fail
#   conformance.sh table             all, then write docs/conformance.md
set -euo pipefail
cd "$(dirname "$0")/.."

mode=${1:-run}
case $mode in
run)
    go test -race -count=1 -timeout 600s ./conformance -sdk "${2:-}"
    ;;
table)
    go test -count=1 -timeout 600s ./conformance -update
    cat docs/conformance.md
    ;;
*)
    echo "usage: scripts/conformance.sh run [SDK[,SDK]] | table" >&2
    exit 2
    ;;
esac
