# Everything here runs as root on a bare Debian 12 machine: what is needed is installed first.
#
#   make build         build/sluice and build/sluice-operator
#   make test          every test, on a real PostgreSQL and a real Kubernetes
#   make demo          the story of two releases on a real cluster, which stays up
#   make image         the image, into build/images/
#   make cluster-up    a Kubernetes with one node, on this machine; cluster-down ends it
#   make kubeconfig    where its kubeconfig is (make -s kubeconfig prints the path alone)
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build

BUILD ?= build
JOBS ?= $(shell nproc)
export SLUICE_CACHE ?= /var/cache/sluice

# One compiler cache for this checkout, others beside it, and the image's build.
export CCACHE_DIR ?= $(SLUICE_CACHE)/ccache
export CCACHE_BASEDIR := $(CURDIR)
export CCACHE_NOHASHDIR := 1
export CCACHE_COMPILERCHECK := content

cluster := tests/cluster/cluster
say = @printf '\n== %s\n'

.PHONY: deps build test demo image cluster-build cluster-up cluster-down kubeconfig format clean

deps:
	$(say) 'packages'
	@tests/install-packages operator/packages.txt tests/packages.txt

build: deps
	$(say) 'build'
	@mkdir -p $(BUILD)
	@cmake -S . -B $(BUILD) -G Ninja > $(BUILD)/configure.log || { cat $(BUILD)/configure.log; exit 1; }
	@cmake --build $(BUILD) -j $(JOBS)

image: deps
	$(say) 'images'
	@tests/cluster/project-images $(BUILD)/images

# Kubernetes is built once on a machine: about 5 minutes on 2 cores.
cluster-build: deps
	$(say) 'Kubernetes (built once, then kept in $(SLUICE_CACHE))'
	@$(cluster) build

cluster-up: cluster-build
	@$(cluster) up

cluster-down:
	@$(cluster) down

kubeconfig:
	@$(cluster) kubeconfig

test: build cluster-build image
	$(say) 'tests'
	@ctest --test-dir $(BUILD) --output-on-failure -j $(JOBS)

demo: cluster-build image
	@examples/quickstart/demo

format:
	@git ls-files 'operator/*.cc' 'operator/*.h' 'tests/*.cc' 'tests/*.h' | xargs clang-format -i

clean:
	@rm -rf $(BUILD)
