#!/bin/sh
# Runs commands with a Swift toolchain, 6.0 or newer.
#
#   scripts/swift.sh get                       gets a toolchain where there is none
#   scripts/swift.sh find                      is there one?
#   scripts/swift.sh run DIR -- COMMAND ...    runs the command in DIR, a folder of this checkout
#
# Taken is swift on PATH. Where there is none, root on a Debian machine for x86-64 or arm64 gets that of
# Debian 13 in a folder of its own, below ${XDG_CACHE_HOME:-$HOME/.cache}/usher: 2.7 GB, and the
# machine's own packages stay as they are. Commands then run in that folder as their root, with this
# checkout as /src and the machine's folder for temporary files at its own place, in a mount namespace
# that ends with them: nothing stays mounted. What was built there runs only there. Of the environment
# they get what is called USHER_…. Where no toolchain can be had, the status is 3. May be repeated, run
# twice at once, and interrupted.
set -eu

suite=trixie
cache=${XDG_CACHE_HOME:-$HOME/.cache}/usher
root=$cache/swift-$suite
checkout=$(cd "$(dirname "$0")/.." && pwd)

fail() {
	echo "swift.sh: $1" >&2
	exit 3
}

usage() {
	echo "usage: scripts/swift.sh get | find | run DIR -- COMMAND [ARGUMENT ...]" >&2
	exit 2
}

# on_path asks for the compiler too: a client of OpenStack is called swift as well.
on_path() { command -v swift >/dev/null && command -v swiftc >/dev/null; }

# in_cache asks for what is written last. The compiler itself is a link that only makes sense inside.
in_cache() { [ -f "$root/.complete" ]; }

# enterable says whether this process may do what running a command in the folder takes.
enterable() { [ "$(id -u)" -eq 0 ] && unshare --mount --propagation private true 2>/dev/null; }

find_in_cache() {
	in_cache && enterable ||
		fail "there is no Swift: run scripts/swift.sh get as root, or install Swift 6.0 or newer."
}

# mirror prints the first address that the machine gets Debian's own packages from.
mirror() {
	cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
		sed -n -e 's/^deb  *\(\[[^]]*\]\)\{0,1\}//p' -e 's/^URIs://p' | tr -s ' \t' '\n' |
		sed 's,/*$,,' | grep '^[a-z+]*://.*/debian$' | head -n 1
}

# get_toolchain makes the folder elsewhere and moves it when it is done. One process does; others wait.
get_toolchain() {
	case "$(uname -sm)" in
	'Linux x86_64' | 'Linux aarch64') ;;
	*) fail "there is no Swift: install Swift 6.0 or newer." ;;
	esac
	command -v apt-get >/dev/null || fail "there is no Swift, and no apt-get to get one with: install Swift 6.0 or newer."
	[ "$(id -u)" -eq 0 ] || fail "there is no Swift; only root may get one: run this as root once, or install Swift 6.0 or newer."
	enterable || fail "there is no Swift, and this machine allows no mount namespaces to run one in: install Swift 6.0 or newer."
	[ -n "$(mirror)" ] || fail "there is no Swift, and the apt sources name no mirror of Debian: install Swift 6.0 or newer."
	mkdir -p "$cache"
	exec 9>"$cache/swift-$suite.lock"
	flock 9
	in_cache && return 0
	# What an interrupted attempt left.
	rm -rf --one-file-system "$root".new.*
	command -v debootstrap >/dev/null || get_debootstrap
	new=$(mktemp -d "$root.new.XXXXXX")
	log=$new.log
	trap 'rm -rf --one-file-system "$new" "$log"' EXIT
	trap 'exit 130' INT TERM HUP
	# All that is mounted on the way ends with the namespace, however this ends.
	if ! unshare --mount --propagation private --fork --kill-child \
		sh "$checkout/scripts/swift.sh" fill "$new" "$(mirror)" >"$log" 2>&1 </dev/null; then
		tail -n 5 "$log" >&2
		fail "Debian's package swiftlang could not be installed: see above, or install Swift 6.0 or newer."
	fi
	rm -rf --one-file-system "$root"
	mv -T "$new" "$root"
	exec 9>&-
}

get_debootstrap() {
	export DEBIAN_FRONTEND=noninteractive
	# The package lists at hand may do; they are fetched only when they do not.
	install_debootstrap 2>/dev/null || { apt-get update -qq >&2 && install_debootstrap; } ||
		fail "apt-get could not install Debian's package debootstrap."
}

install_debootstrap() {
	apt-get -o DPkg::Lock::Timeout=300 install -qq --no-install-recommends debootstrap >/dev/null </dev/null
}

# fill makes a Debian with a toolchain in a folder. It runs in a mount namespace of its own.
fill() {
	folder=$1
	debootstrap --variant=minbase "$suite" "$folder" "$2"
	chmod 755 "$folder"
	# No package starts a service.
	printf '#!/bin/sh\nexit 101\n' >"$folder/usr/sbin/policy-rc.d"
	chmod 755 "$folder/usr/sbin/policy-rc.d"
	mount_system "$folder"
	inside="env -i HOME=/root LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive"
	for name in http_proxy https_proxy no_proxy; do
		eval "value=\${$name:-}"
		[ -z "$value" ] || inside="$inside $name=$value"
	done
	chroot "$folder" $inside apt-get update -q
	chroot "$folder" $inside apt-get install -q -y --no-install-recommends \
		swiftlang libc6-dev libstdc++-14-dev git ca-certificates
	chroot "$folder" $inside apt-get clean
	mkdir -p "$folder/src"
	touch "$folder/.complete"
}

# mount_system gives a folder what programs expect of a system. Without /proc the compiler does not
# find its own libraries.
mount_system() {
	mountpoint -q "$1/proc" || mount -t proc proc "$1/proc"
	mount --rbind /dev "$1/dev"
}

# enter runs a command in the folder. Each step replaces the one before, so that whoever ends this
# process ends the command.
enter() {
	folder=$1
	shift
	temporary=${TMPDIR:-/tmp}
	mkdir -p "$root$temporary"
	mount_system "$root"
	mount --rbind "$checkout" "$root/src"
	mount --rbind "$temporary" "$root$temporary"
	# The names are those of a test's settings, without characters that would need care.
	for name in $(env | sed -n 's/^\(USHER_[A-Z0-9_]*\)=.*/\1/p'); do
		eval "value=\$$name"
		set -- "$name=$value" "$@"
	done
	exec chroot "$root" env -i -C "/src/$folder" HOME=/root LANG=C.UTF-8 PATH=/usr/bin:/bin TMPDIR="$temporary" "$@"
}

case "${1:-}" in
get)
	[ $# -eq 1 ] || usage
	on_path || in_cache && enterable || get_toolchain
	;;
find)
	[ $# -eq 1 ] || usage
	on_path || find_in_cache
	;;
run)
	[ $# -ge 4 ] && [ "$3" = -- ] || usage
	folder=$2
	shift 3
	if on_path; then
		cd "$checkout/$folder"
		exec "$@"
	fi
	find_in_cache
	exec unshare --mount --propagation private sh "$checkout/scripts/swift.sh" enter "$folder" "$@"
	;;
fill) fill "$2" "$3" ;;
enter)
	shift
	enter "$@"
	;;
*) usage ;;
esac
