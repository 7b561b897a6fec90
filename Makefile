.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help build test needs format vet lint tidy race fmt fuzz bench bench-scale clean

FUZZTIME ?= 30s
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
# The tools have a module of their own, so that what they need is not what the program needs.
TOOL     := go tool -modfile=tools/go.mod
HEADING   = @printf '\n== %s\n'

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build bin/entrepot, static, with its version in it
	CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-X main.version=$(VERSION)' -o bin/entrepot ./cmd/entrepot

test: needs format vet lint tidy race ## everything: what CI runs

needs: ## install (as root on Debian) or name what the tests need beyond Go
	$(HEADING) 'what the tests need'
	@sh scripts/needs

format: ## fail if a Go file is not formatted
	$(HEADING) 'format (gofumpt)'
	@out=$$($(TOOL) gofumpt -l .) || exit 1; \
	test -z "$$out" || { printf 'not formatted, run make fmt:\n%s\n' "$$out"; exit 1; }

vet: ## go vet
	$(HEADING) 'go vet'
	@go vet ./...

lint: ## golangci-lint (its first build takes a minute or two)
	$(HEADING) 'golangci-lint'
	@$(TOOL) golangci-lint run

tidy: ## fail if go.mod or go.sum is not tidy
	$(HEADING) 'go mod tidy'
	@go mod tidy -diff

race: ## all tests with the race detector; a skipped test is a failure
	$(HEADING) 'go test -race'
	@sh scripts/test

fmt: ## format the Go files
	$(TOOL) gofumpt -w .

fuzz: ## run each fuzz target for FUZZTIME (30s)
	@sh scripts/fuzz $(FUZZTIME)

bench: ## measure against the baselines
	go run ./bench

bench-scale: ## measure what grows with 10,000,000 orders, on both engines (an hour, 40 GB)
	go run ./bench scale

clean: ## remove what was built
	rm -rf bin
