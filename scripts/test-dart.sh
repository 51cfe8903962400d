#!/usr/bin/env bash
# Tests the Dart SDK: types, then units and the documents' samples against a real server.
set -euo pipefail
cd "$(dirname "$0")/.."

dart=$(scripts/dart.sh)
export USHER_BIN=$PWD/bin/usher

programs=$(mktemp -d)
trap 'rm -rf "$programs"' EXIT

# compile makes DIR/NAME.dart a program in $programs; a warning is as bad as an error.
compile() {
    local said packages=$1 source=$2 name
    name=$(basename "$source" .dart)
    if ! said=$("$dart" --packages="$packages" --snapshot-kind=kernel --snapshot="$programs/$name.dill" "$source" 2>&1) || [ -n "$said" ]; then
        printf 'test-dart: %s does not compile without a warning:\n%s\n' "$source" "$said" >&2
        exit 1
    fi
}

cd sdk/dart
for source in conformance/driver.dart test/tab.dart test/ends.dart test/all.dart; do
    compile tool/package_config.json "$source"
done
"$dart" --enable-asserts --packages=tool/package_config.json "$programs/all.dill"

cd flutter
compile test/package_config.json test/all.dart
"$dart" --enable-asserts --packages=test/package_config.json "$programs/all.dill"
