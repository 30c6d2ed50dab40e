# SPDX-License-Identifier: MIT
# The front door. The build itself is Meson's.
BUILD ?= build
ARGS ?=
export COPRA_BUILD = $(BUILD)

.PHONY: help run test test-all test-unit test-vm test-qemu mutation build bench coverage fuzz lint format clean setup

help:
	@echo "make run        install what is missing, build, boot into the guest's shell (ARGS='--firmware none ...')"
	@echo "make test       unit tests, fuzz smoke, lint, boots under the machine"
	@echo "make test-all   the same, and what takes long: minutes of random calls and of load, make mutation, make test-qemu"
	@echo "make mutation   take each check of the protocols out: does a test fail? (ARGS=PATTERN, --list)"
	@echo "make test-qemu  build Debian's QEMU (10.2 or later) with this libigvm, boot the native image in it"
	@echo "make test-unit  unit tests only      make test-vm  boots only (ARGS=PATTERN chooses)"
	@echo "make bench      measure              make fuzz     long runs of the fuzz targets"
	@echo "make coverage   how much of lib/igvm the tests reach (ARGS=--lines names the rest)"
	@echo "make lint       check the rules      make format   format the C files"
	@echo "make build      only build           make clean    remove what was built"

run:
	@scripts/setup run
	@./copra run $(ARGS)

setup:
	@scripts/setup test

build: setup
	@scripts/test build

test: setup
	@scripts/test build unit fuzz lint vm

test-all: setup
	@scripts/setup qemu || true
	@scripts/setup snpguest || true
	@scripts/setup libtpms || true
	@scripts/test build unit fuzz lint vm long mutation qemu

mutation: setup
	@scripts/mutation --machine $(ARGS)
	@scripts/mutation --rules $(ARGS)

test-unit: setup
	@scripts/test build unit $(ARGS)

test-vm: setup
	@scripts/test build vm $(ARGS)

# What cannot be installed or fetched is said and skipped by the test itself.
test-qemu: setup
	@scripts/setup qemu || true
	@scripts/test build qemu $(ARGS)

# Without what is missing a comparison is left out, which the bench says.
bench: build
	@scripts/setup bench || true
	@tests/bench/bench $(ARGS)

coverage: setup
	@scripts/coverage $(ARGS)

fuzz: setup
	@scripts/test build fuzz --fuzz-seconds 600 $(ARGS)

lint: build
	@scripts/lint --build $(BUILD) $(ARGS)

format: setup
	@git ls-files -z '*.c' '*.h' | xargs -0 clang-format -i

clean:
	@rm -rf $(BUILD) $(BUILD)-fuzz $(BUILD)-coverage $(BUILD)-qemu $(BUILD)-snpguest $(BUILD)-libtpms .cache
