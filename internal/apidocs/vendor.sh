#!/bin/sh
# Fetches the renderer of /docs, at the version that is named here, into redoc/. Run it after raising
# the version; npm is all it needs.
set -eu
cd "$(dirname "$0")"

version=2.5.4
package=44922df4d0eb45c1b066c09ec251e6bd9bd7ded16bc69e87613337b9d911a56e

# The one outside host that the bundle asks, for a logo; an empty image stands in for it.
outside='https://cdn.redoc.ly/redoc/logo-mini.svg'
empty='data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=='

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm pack --silent --pack-destination "$work" "redoc@$version" >/dev/null
echo "$package  $work/redoc-$version.tgz" | sha256sum --check --quiet
tar -xzf "$work/redoc-$version.tgz" -C "$work"

bundles=$work/package/bundles
grep -qF "$outside" "$bundles/redoc.standalone.js"
mkdir -p redoc
# The source map stays behind; the comment that names it goes, else a browser asks for it.
sed -e "s#$outside#$empty#" -e '/^\/\/# sourceMappingURL=/d' "$bundles/redoc.standalone.js" >redoc/redoc.standalone.js
cp "$bundles/redoc.standalone.js.LICENSE.txt" redoc/
cp "$work/package/LICENSE" redoc/
