#!/usr/bin/env bash
# Tests the Dart SDK: types, then units and the documents' samples against a real server.
set -euo pipefail
cd "$(dirname "$0")/.."

dart=$(scripts/dart.sh)
export USHER_BIN=$PWD/bin/usher

# check_types compiles a program and keeps nothing; a warning is as bad as an error.
check_types() {
    local said
    if ! said=$("$dart" --packages="$1" --snapshot-kind=kernel --snapshot=/dev/null "$2" 2>&1) || [ -n "$said" ]; then
        printf 'test-dart: %s does not compile without a warning:\n%s\n' "$2" "$said" >&2
        exit 1
    fi
}

cd sdk/dart
check_types tool/package_config.json conformance/driver.dart
check_types tool/package_config.json test/all.dart
check_types tool/package_config.json test/tab.dart
"$dart" --enable-asserts --packages=tool/package_config.json test/all.dart

cd flutter
check_types test/package_config.json test/all.dart
"$dart" --enable-asserts --packages=test/package_config.json test/all.dart
