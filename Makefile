# Every task of the project. What a recipe needs and the machine lacks, the scripts install.

GO ?= go
# Tools are pinned in a module of their own, so that none of them is a dependency of the server.
TOOL = $(GO) tool -modfile=$(CURDIR)/tools/go.mod
# The keyring is a module of its own too, for the same reason (docs/adr/0006-keyring.md).
IN_KEYRING = cd sdk/go/keyring &&

.DEFAULT_GOAL := help

##@ Everyday

.PHONY: help
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## Build the server into bin/usher
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags='-s -w' -o bin/usher ./cmd/usher

.PHONY: demo
demo: ## Play a login story against a temporary server
	$(GO) run ./cmd/usher demo

.PHONY: test-go
test-go: ## Test what is written in Go: the quick inner loop (PostgreSQL tests are skipped)
	$(GO) test -race ./...
	$(IN_KEYRING) $(GO) test -race ./...

.PHONY: test
test: ## Set up what is missing and test everything: Go with PostgreSQL, the SDKs, the official SDKs
	scripts/test.sh

.PHONY: test-js
test-js: build ## Test the TypeScript SDK, in Node and in Chromium
	scripts/test-js.sh

.PHONY: test-dart
test-dart: build ## Test the Dart SDK
	scripts/test-dart.sh

.PHONY: test-swift
test-swift: build ## Test the Swift SDK, against a real server too
	scripts/test-swift.sh

.PHONY: conformance
conformance: ## Drive the SDKs through spec/session.md; SDK=go or SDK=go,js picks some
	scripts/conformance.sh run $(SDK)

.PHONY: conformance-table
conformance-table: ## The same, and write docs/conformance.md
	scripts/conformance.sh table

.PHONY: test-official
test-official: build ## Test with the official SDKs only
	scripts/test-official.sh

##@ Quality

.PHONY: lint
lint: ## Check the style of the Go code
	$(TOOL) golangci-lint run ./...
	$(IN_KEYRING) $(TOOL) golangci-lint run ./...

.PHONY: format
format: ## Format the Go code
	$(TOOL) golangci-lint fmt ./...
	$(IN_KEYRING) $(TOOL) golangci-lint fmt ./...

.PHONY: generate
generate: ## Write what is generated from spec/
	$(GO) generate ./spec

.PHONY: verify
verify: ## Fail when generated files or go.mod are not up to date
	scripts/verify.sh

.PHONY: fuzz
fuzz: ## Try odd inputs on every decoder; FUZZTIME=20s is for each target
	scripts/fuzz.sh

.PHONY: bench
bench: ## Measure against the machine's limits and print the ratios
	$(GO) test -run '^$$' -bench . ./bench
	scripts/bench-js.sh

.PHONY: bench-sockets
bench-sockets: build ## Open 20,000 sockets from other processes and print what each takes, and presence's delay
	$(GO) run ./bench/sockets -usher bin/usher

.PHONY: clean
clean: ## Remove what was built
	rm -rf bin
