#!/usr/bin/env bash
# Makes the pictures of the console in docs/images anew: the browser tests take them.
set -euo pipefail
cd "$(dirname "$0")/.."

pictures=$(mktemp -d)
trap 'rm -rf "$pictures"' EXIT
scripts/npm-packages.sh internal/dashboard/browser
USHER_CHROMIUM=$(scripts/chromium.sh)
export USHER_CHROMIUM
USHER_SCREENSHOTS=$pictures go test -count=1 -run TestEveryPageIsFitToBeSeen ./internal/dashboard/browser

mkdir -p docs/images
for page in overview users tryit; do
    cp "$pictures/$page-wide-light.png" "docs/images/$page.png"
    chmod 644 "docs/images/$page.png"
done
