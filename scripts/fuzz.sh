#!/bin/sh
# Runs every fuzz target for FUZZTIME (20s unless said). An input that fails is written to testdata/fuzz
# beside its target, and is a test from then on.
set -eu
cd "$(dirname "$0")/.."

for package in $(grep -rl --include='*_test.go' '^func Fuzz' cmd internal sdk/go | xargs -n 1 dirname | sort -u); do
	for target in $(grep -h '^func Fuzz' "$package"/*_test.go | sed 's/^func \(Fuzz[A-Za-z0-9_]*\).*/\1/' | sort); do
		echo "== $package $target"
		# Making inputs small is for those that fail: the time is for finding them.
		go test "./$package" -run '^$' -fuzz "^$target\$" -fuzztime "${FUZZTIME:-20s}" -fuzzminimizetime 10x
	done
done
