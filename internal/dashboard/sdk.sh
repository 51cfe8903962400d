#!/bin/sh
# Builds the TypeScript SDK into assets/usher.js, for the page "Try it": one module, and no build step for
# whoever builds the server. Run it after changing sdk/js. With --check it writes nothing, and fails when
# the file is not what sdk/js makes now.
set -eu
cd "$(dirname "$0")"

sdk=../../sdk/js
built=assets/usher.js
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

../../scripts/npm-packages.sh sdk/js
"$sdk/node_modules/.bin/esbuild" "$sdk/src/index.ts" --outfile="$work/usher.js" \
    --bundle --format=esm --minify --keep-names --target=es2022 --log-level=warning

if [ "${1:-}" != --check ]; then
    cp "$work/usher.js" "$built"
elif ! cmp -s "$work/usher.js" "$built"; then
    echo "sdk.sh: internal/dashboard/$built is not what sdk/js makes now: run internal/dashboard/sdk.sh" >&2
    exit 1
fi
