#!/usr/bin/env bash
# Drives the SDKs through the scenarios of spec/session.md.
#   conformance.sh run [SDK[,SDK]]   all whose driver can run here; with names: those, or fail
#   conformance.sh table             all, then write docs/conformance.md
set -euo pipefail
cd "$(dirname "$0")/.."

# find_dart lets the Dart SDK's driver be built; without a Dart that SDK is skipped, unless it is asked for.
find_dart() {
    local wanted=",$1,"
    if [ "$wanted" = ",," ]; then
        USHER_DART=$(scripts/dart.sh) || return 0
    elif [[ $wanted == *,dart,* ]]; then
        USHER_DART=$(scripts/dart.sh)
    else
        return 0
    fi
    export USHER_DART
}

mode=${1:-run}
case $mode in
run)
    find_dart "${2:-}"
    case ,${2:-}, in
    *,swift,*) scripts/swift.sh get ;;
    esac
    go test -race -count=1 -timeout 1500s ./conformance -sdk "${2:-}"
    ;;
table)
    find_dart ""
    go test -count=1 -timeout 1500s ./conformance -update
    cat docs/conformance.md
    ;;
*)
    echo "usage: scripts/conformance.sh run [SDK[,SDK]] | table" >&2
    exit 2
    ;;
esac
