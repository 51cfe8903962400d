#!/bin/sh
# A throw-away PostgreSQL server for tests.
#
#   scripts/postgres.sh start DIR   starts one with its data in DIR and prints its address
#   scripts/postgres.sh stop DIR    stops it and keeps DIR
#
# Both may be repeated. Standard output is the address and nothing else, so that
# USHER_TEST_POSTGRES=$(scripts/postgres.sh start DIR) works. The server listens on 127.0.0.1 only,
# lets in whoever is on this machine, and may lose everything when the machine stops: never put
# anything into it that is worth keeping.
set -eu

fail() {
	echo "postgres.sh: $1" >&2
	exit "${2:-1}"
}

is_root() { [ "$(id -u)" -eq 0 ]; }

# find_server sets $bin to the folder of the server's programs: those on PATH, or Debian's newest.
find_server() {
	if command -v postgres >/dev/null && command -v initdb >/dev/null && command -v pg_ctl >/dev/null; then
		bin=$(dirname "$(command -v pg_ctl)")
		return 0
	fi
	bin=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -t / -k 5 -n | tail -n 1)
	[ -x "$bin/pg_ctl" ] && [ -x "$bin/initdb" ]
}

# install_server takes Debian's package, without the cluster that it would make and start by itself.
install_server() {
	if ! is_root || ! command -v apt-get >/dev/null; then
		fail "PostgreSQL is not installed; install Debian's package postgresql, or put initdb, pg_ctl and postgres on PATH." 3
	fi
	mkdir -p /etc/postgresql-common/createcluster.d
	echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/no-main-cluster.conf
	export DEBIAN_FRONTEND=noninteractive
	{
		apt-get update -qq && apt-get install -qq --no-install-recommends postgresql
	} >&2 </dev/null || fail "apt-get could not install PostgreSQL." 3
	find_server || fail "PostgreSQL was installed, but its programs are not where Debian puts them." 3
}

# as_server runs a program as who may run the server: PostgreSQL refuses root.
as_server() {
	if is_root; then
		runuser -u postgres -- "$@"
	else
		"$@"
	fi
}

running() {
	[ -d "$data" ] && as_server "$bin/pg_ctl" status -D "$data" >/dev/null 2>&1
}

print_address() {
	# The fourth line of the file is the port.
	echo "postgres://usher@127.0.0.1:$(sed -n 4p "$data/postmaster.pid")/postgres?sslmode=disable"
}

make_cluster() {
	mkdir -p "$dir"
	if is_root; then
		id postgres >/dev/null 2>&1 || fail "PostgreSQL does not run as root, and there is no user postgres to run it as." 3
		chown postgres "$dir"
	fi
	as_server test -w "$dir" || fail "the user who runs PostgreSQL may not enter or write to $dir." 3
	[ -f "$data/PG_VERSION" ] && return 0
	as_server "$bin/initdb" --pgdata="$data" --username=usher --auth=trust --encoding=UTF8 --locale=C --no-sync \
		>"$dir/initdb.log" 2>&1 || fail "initdb failed; see $dir/initdb.log."
	# What a throw-away server may do: never wait for the disk.
	as_server tee -a "$data/postgresql.conf" >/dev/null <<-'SETTINGS'
		listen_addresses = '127.0.0.1'
		unix_socket_directories = ''
		max_connections = 200
		fsync = off
		synchronous_commit = off
		full_page_writes = off
	SETTINGS
}

# start_cluster tries ports until one is free; only the server's own attempt can tell.
start_cluster() {
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 12000))
		if as_server "$bin/pg_ctl" start -w -D "$data" -l "$data/server.log" -o "-p $port" >/dev/null 2>&1; then
			return 0
		fi
	done
	fail "the server did not start; see $data/server.log."
}

case "${1:-} $#" in
'start 2' | 'stop 2') ;;
*) fail "usage: scripts/postgres.sh start|stop DIR" 2 ;;
esac

# The programs run elsewhere and as somebody else, so the folder is named in full.
case "$2" in
/*) dir=$2 ;;
*) dir=$(pwd)/$2 ;;
esac
data=$dir/data
export LC_ALL=C

case "$1" in
start)
	find_server || install_server
	# From here, a folder that whoever runs the server may not enter is no place to stand in.
	cd /
	if ! running; then
		make_cluster
		start_cluster
	fi
	print_address
	;;
stop)
	find_server || exit 0
	cd /
	if running; then
		as_server "$bin/pg_ctl" stop -m fast -w -D "$data" >&2
	fi
	;;
esac
