#!/bin/sh
# Builds the conformance driver as the program of the given name, with the code in it that a rehearsal makes
# the VM compile: hundreds of drivers start in a run. It uses a Dart that is there and fetches none:
# scripts/conformance.sh does that.
set -eu
cd "$(dirname "$0")/.."
dart=$(../../scripts/dart.sh find)
"$dart" --enable-asserts --packages=tool/package_config.json \
	--snapshot-kind=app-jit --snapshot="$1.jit" conformance/driver.dart rehearse
printf '#!/bin/sh\nexec "%s" --enable-asserts "%s.jit"\n' "$dart" "$1" >"$1"
chmod +x "$1"
