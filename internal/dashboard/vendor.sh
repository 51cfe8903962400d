#!/bin/sh
# Fetches htmx and its extension for server-sent events, at the versions that are named here, into
# assets/. Run it after raising a version; npm is all it needs.
set -eu
cd "$(dirname "$0")"

htmx=2.0.11
htmx_package=165a2655073e9e6e55e307a7c74e8ebcdb76afb7701f9c16cfd106a13add408e
sse=2.2.4
sse_package=90b46f5ab915ba2f64e6348448c8dba509277a47e15c125ffb65754eb4f6b5dc

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# fetch NAME VERSION SUM unpacks a package into a folder of its name.
fetch() {
    npm pack --silent --pack-destination "$work" "$1@$2" >/dev/null
    echo "$3  $work/$1-$2.tgz" | sha256sum --check --quiet
    mkdir -p "$work/$1"
    tar -xzf "$work/$1-$2.tgz" -C "$work/$1" --strip-components=1
}
fetch htmx.org "$htmx" "$htmx_package"
fetch htmx-ext-sse "$sse" "$sse_package"

cp "$work/htmx.org/dist/htmx.min.js" assets/htmx.js
cp "$work/htmx.org/LICENSE" assets/htmx.LICENSE.txt
cp "$work/htmx-ext-sse/dist/sse.min.js" assets/htmx-sse.js
cp "$work/htmx-ext-sse/LICENSE" assets/htmx-sse.LICENSE.txt
