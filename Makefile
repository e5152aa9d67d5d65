# Everything here runs as root on a bare Debian 12 machine: what is needed is installed first.
#
#   make build         build/sluice and build/sluice-operator
#   make test          every test, on a real PostgreSQL and a real Kubernetes
#   make schema-oracle hundreds of schemas, there and back, judged by pg_dump; `test` has the pairs of them
#   make fuzz          what reads untrusted text, fuzzed: FUZZ_SECONDS (60) for each target; part of `test`
#   make test-asan     the tests without a cluster, under address and undefined behaviour sanitizers
#   make test-tsan     the same under the thread sanitizer
#   make bench         beside psql, Alembic, dbmate, Sqitch and node-pg-migrate; at most about 10 minutes
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

.PHONY: deps build test schema-oracle fuzz test-asan test-tsan bench demo image cluster-build cluster-up cluster-down kubeconfig format clean

deps:
	$(say) 'packages'
	@tests/install-packages operator/packages.txt tests/packages.txt

build: deps
	$(say) 'build'
	@mkdir -p $(BUILD)
	@cmake -S . -B $(BUILD) -G Ninja > $(BUILD)/configure.log || { cat $(BUILD)/configure.log; exit 1; }
	@cmake --build $(BUILD) -j $(JOBS)

image: deps
	$(say) 'images (the first time about 5 minutes on 2 cores)'
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
	@ctest --test-dir $(BUILD) --output-on-failure -j $(JOBS) -LE long
	@$(MAKE) --no-print-directory fuzz

# Hundreds of schemas, there and back, judged by pg_dump: the pairs again, those made at random, and real applications'.
schema-oracle: build
	$(say) 'the schema oracle'
	@ctest --test-dir $(BUILD) --output-on-failure -R '^oracle_schema_'

# What a target finds is written to build-fuzz/findings/; give it to build-fuzz/fuzz_<target> to see it again.
# A run of another seed each time: make fuzz FUZZ_SEED=0 FUZZ_SECONDS=3600
FUZZ_SECONDS ?= 60
FUZZ_SEED ?= 1
fuzz: deps
	$(say) 'fuzz targets, $(FUZZ_SECONDS) s each'
	@mkdir -p build-fuzz
	@cmake -S . -B build-fuzz -G Ninja -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ -DSLUICE_FUZZ=ON \
	  -DSLUICE_SANITIZE=address,undefined -DSLUICE_FUZZ_SECONDS=$(FUZZ_SECONDS) -DSLUICE_FUZZ_SEED=$(FUZZ_SEED) > build-fuzz/configure.log || \
	  { cat build-fuzz/configure.log; exit 1; }
	@cmake --build build-fuzz -j $(JOBS) --target fuzzers
	@ctest --test-dir build-fuzz --output-on-failure -j 2

# Each in a build of its own. What other libraries do is listed, with the reason, in tests/sanitizers/.
test-asan: SANITIZE := address,undefined
test-tsan: SANITIZE := thread
test-asan test-tsan: export ASAN_OPTIONS := detect_stack_use_after_return=1
test-asan test-tsan: export LSAN_OPTIONS := suppressions=$(CURDIR)/tests/sanitizers/leak.supp:print_suppressions=0
test-asan test-tsan: export UBSAN_OPTIONS := print_stacktrace=1
test-asan test-tsan: export TSAN_OPTIONS := suppressions=$(CURDIR)/tests/sanitizers/thread.supp:die_after_fork=0
test-asan test-tsan: test-%: deps
	$(say) 'unit, database and oracle tests with -fsanitize=$(SANITIZE)'
	@mkdir -p build-$*
	@cmake -S . -B build-$* -G Ninja -DSLUICE_SANITIZE=$(SANITIZE) > build-$*/configure.log || \
	  { cat build-$*/configure.log; exit 1; }
	@cmake --build build-$* -j $(JOBS) --target sanitized_tests
	@ctest --test-dir build-$* --output-on-failure -j $(JOBS) -R '^(unit|database|oracle)_' -E '^oracle_schema_'

# Figures mean something on an idle machine only. No further round is begun after BENCH_SECONDS.
BENCH_SIZES ?= 500,5000
BENCH_ROUNDS ?= 5,3
BENCH_FSYNC ?= off,on
BENCH_TOOLS ?=
BENCH_CATALOG ?= 1000,10000
BENCH_SECONDS ?= 420
bench: build
	$(say) 'bench'
	@tests/install-packages tests/bench/packages.txt
	@cmake --build $(BUILD) -j $(JOBS) --target bench_planning bench_catalog
	@SLUICE=$(BUILD)/sluice /usr/bin/python3 tests/bench/bench.py --root $(BUILD)/bench --sizes $(BENCH_SIZES) \
	  --rounds $(BENCH_ROUNDS) --fsync $(BENCH_FSYNC) --tools '$(BENCH_TOOLS)' --catalog '$(BENCH_CATALOG)' \
	  --catalog-program $(BUILD)/tests/bench_catalog --seconds $(BENCH_SECONDS)

demo: cluster-build image
	@examples/quickstart/demo

format:
	@git ls-files 'operator/*.cc' 'operator/*.h' 'tests/*.cc' 'tests/*.h' | xargs clang-format -i

clean:
	@rm -rf $(BUILD)
