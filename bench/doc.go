// Package bench measures Usher against what the machine can do at all: each benchmark runs beside
// the bare thing it is built on, in the same run, and reports the ratio. Run it with make bench.
package bench
