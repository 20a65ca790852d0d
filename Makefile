# What a person or CI does with this project. It needs Go, make and git; the tools are
# built from the versions that hack/tools and hack/envtest pin.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
IMAGE ?= guardrails-manager:$(VERSION)
ARCH ?= $(shell go env GOARCH)
PKG ?= ./...
COUNT ?= 10
RACE ?=

LDFLAGS := -s -w -X main.version=$(VERSION)
BIN := $(CURDIR)/bin
export PATH := $(BIN):$(PATH)
# Nothing needs C but the race detector. Saying so lets tests, lint and demo share their
# compiled packages on machines with a C compiler too.
export CGO_ENABLED := 0

.PHONY: help
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {print "\n" substr($$0, 5)} /^[a-z0-9-]+:.*## / {printf "  %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Writing code
.PHONY: generate manifests fmt lint

generate: $(BIN)/controller-gen ## Write the generated Go code, and what go:generate asks for
	controller-gen object paths=./api/...
	go generate ./...

manifests: $(BIN)/controller-gen ## Write the CRDs and the manager's role from the code
	controller-gen crd paths=./api/... output:crd:dir=config/crd/bases
	controller-gen rbac:roleName=guardrails-manager paths=./controllers/... output:rbac:dir=config/rbac

fmt: $(BIN)/golangci-lint ## Format the Go code
	golangci-lint fmt

lint: $(BIN)/golangci-lint ## Check the code's rules, the fences between rooms among them (SINCE=commit: of files changed)
	golangci-lint run $(if $(SINCE),--new-from-rev $(SINCE) --whole-files)

##@ Proving it
.PHONY: check test deflake e2e demo verify presubmit bench

check: ## Run what a slice must pass before it lands: minutes, by what changed (BASE=main)
	hack/check

test: controlplane ## Run the unit and envtest suites (PKG=./..., RACE=1)
	$(if $(RACE),CGO_ENABLED=1) go test $(if $(RACE),-race) -timeout 20m $(PKG)

deflake: controlplane ## Run the tests with -race again and again until they fail (COUNT=10, PKG=./...)
	for round in $$(seq $(COUNT)); do \
		echo "round $$round of $(COUNT)"; \
		CGO_ENABLED=1 go test -race -count=1 -shuffle=on -timeout 20m $(PKG); \
	done

e2e: moto controlplane ## Run the manager over the real wire protocols, against a Moto server
	go test -tags e2e -count=1 -timeout 20m -v ./test/moto ./test/contract ./test/e2e

demo: controlplane ## Show an account being healed, start to end (KEEP=1 keeps it up)
	go run ./hack/demo

verify: ## Fail if generated files are not what the code generates
	hack/verify

presubmit: ## Run all that a change must pass: verify, lint, test with -race, e2e, demo
	hack/presubmit

bench: ## Print what an audit round costs in time, memory and AWS calls
	go run ./hack/bench

##@ Shipping it
.PHONY: build image

build: ## Build the programs into bin/
	go build -ldflags '$(LDFLAGS)' -o $(BIN)/ ./cmd/...

image: ## Build the manager's container image into dist/image.tar, without a daemon
	GOOS=linux GOARCH=$(ARCH) go build -trimpath -ldflags '$(LDFLAGS)' -o dist/guardrails-manager ./cmd/manager
	go -C hack/tools run ./image -binary $(CURDIR)/dist/guardrails-manager -arch $(ARCH) -tag $(IMAGE) -output $(CURDIR)/dist/image.tar

##@ What the others need
.PHONY: controlplane moto tools

controlplane: ## Build etcd and kube-apiserver (minutes the first time, cached after)
	@go run ./hack/controlplane >/dev/null

moto: ## Check that the e2e suites' AWS endpoint can be started
	@command -v moto_server >/dev/null || { echo "moto_server is not on PATH: pip install 'moto[server,all]==5.2.*'" >&2; exit 1; }

tools: $(addprefix $(BIN)/,controller-gen kustomize crane benchstat golangci-lint) ## Build the pinned tools into bin/

$(BIN)/controller-gen: package = sigs.k8s.io/controller-tools/cmd/controller-gen
$(BIN)/kustomize: package = sigs.k8s.io/kustomize/kustomize/v5
$(BIN)/crane: package = github.com/google/go-containerregistry/cmd/crane
$(BIN)/benchstat: package = golang.org/x/perf/cmd/benchstat
$(BIN)/controller-gen $(BIN)/kustomize $(BIN)/crane $(BIN)/benchstat: hack/tools/go.mod hack/tools/go.sum
	GOBIN=$(BIN) go -C hack/tools install $(package)
	@touch $@

$(BIN)/golangci-lint: hack/tools/golangci-lint/go.mod hack/tools/golangci-lint/go.sum
	@echo "building golangci-lint: minutes the first time, cached after"
	GOBIN=$(BIN) go -C hack/tools/golangci-lint install github.com/golangci/golangci-lint/v2/cmd/golangci-lint
	@touch $@
