#!/bin/sh
# Tests the Swift SDK: style, units and the documents' samples against bin/usher (make build makes it), with
# the thread sanitizer and without a warning.
set -eu
cd "$(dirname "$0")/.."

# in_package runs a tool of Swift and shows what it wrote only when it failed, or the last line when it did
# not.
in_package() {
	if ! scripts/swift.sh run sdk/swift -- "$@" >"$log" 2>&1; then
		cat "$log" >&2
		exit 1
	fi
}

scripts/swift.sh get
log=$(mktemp)
trap 'rm -f "$log"' EXIT
in_package swift format lint --strict --recursive --parallel Package.swift Sources Tests
in_package swift test --sanitize=thread -Xswiftc -warnings-as-errors
grep 'Test run with' "$log"
