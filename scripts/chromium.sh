#!/bin/sh
# Prints the path of a Chromium or Chrome for browser tests, and nothing else.
#
# Taken is $USHER_CHROMIUM, else the first one on PATH. Where there is none, root gets Debian's
# package; anybody else is told what to do, with exit status 3. May be repeated.
set -eu

fail() {
	echo "chromium.sh: $1" >&2
	exit 3
}

# print_browser prints the first browser on PATH.
print_browser() {
	for name in chromium chromium-browser google-chrome google-chrome-stable; do
		command -v "$name" && return 0
	done
	return 1
}

install_browser() {
	if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
		fail "there is no Chromium: install Debian's package chromium, or name a Chromium or Chrome in USHER_CHROMIUM."
	fi
	export DEBIAN_FRONTEND=noninteractive
	# The package lists at hand may do; they are fetched only when they do not, and only then is a
	# failure worth reading.
	get_package 2>/dev/null || { apt-get update -qq >&2 && get_package; } ||
		fail "apt-get could not install Debian's package chromium."
}

# get_package waits for another installation, such as that of a second test run, to end.
get_package() {
	apt-get -o DPkg::Lock::Timeout=300 install -qq --no-install-recommends chromium >/dev/null </dev/null
}

if [ -n "${USHER_CHROMIUM:-}" ]; then
	[ -x "$USHER_CHROMIUM" ] && [ ! -d "$USHER_CHROMIUM" ] ||
		fail "USHER_CHROMIUM is $USHER_CHROMIUM, which is not a program."
	echo "$USHER_CHROMIUM"
	exit 0
fi

print_browser && exit 0
install_browser
print_browser || fail "Debian's package chromium was installed, but no chromium is on PATH."
