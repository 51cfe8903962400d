#!/bin/sh
# Builds the conformance driver as the program of the given name. It uses a Dart that is there and
# fetches none: scripts/conformance.sh does that.
set -eu
cd "$(dirname "$0")/.."
dart=$(../../scripts/dart.sh find)
"$dart" --packages=tool/package_config.json --snapshot-kind=kernel --snapshot="$1.dill" conformance/driver.dart
printf '#!/bin/sh\nexec "%s" --enable-asserts "%s.dill"\n' "$dart" "$1" >"$1"
chmod +x "$1"
