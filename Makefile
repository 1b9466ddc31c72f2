# The front door: every task has a target here, every target is a few lines. What needs more is a program with
# a name (tools/, images/, tests/) that a target calls. `make help` lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PROFILE ?= dev
# Of the virtual machines: amd64, or arm64.
ARCH ?= amd64
export SIGNAGE_ARCH := $(ARCH)
DESTDIR ?=
# cargo calls the directory of the dev profile "debug". A Yocto recipe names its own directory, and one DEVICE.
BIN := target/$(PROFILE:dev=debug)
CARGO := cargo
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
DEVICE := player provisioner
# Without it, the files of a screen would replace those of this machine, fstab among them.
need_destdir = [ -n "$(DESTDIR)" ] || { echo "make: DESTDIR is needed: the root of the image" >&2; exit 2; }

##@ Build
.PHONY: setup build image
setup: ## Install what building and testing need (Debian 12 or 13)
	tools/setup

build: ## Compile every program
	$(CARGO) build --workspace --bins --profile $(PROFILE)

image: build ## Make the test image, target/image/disk.img; ARCH=arm64 makes that of a 64-bit Arm board
	$(if $(filter-out amd64,$(ARCH)),tools/setup $(ARCH) && tools/cross $(ARCH) build $(addprefix -p signage-,$(DEVICE)) --profile $(PROFILE))
	$(SUDO) env PROFILE=$(PROFILE) images/qemu/build $(ARCH)

##@ Check
.PHONY: test check check-layer unit board browser scenarios fuzz api-fuzz soak bench-hub
test: setup ## Everything that has to hold before a change is merged
	tests/all

check: ## Formatting, lints, licences
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	tools/lint-shell
	tools/deny
	tools/notices --check

check-layer: ## The Yocto layer, boards, partitions; with OE_ROOT=directory by BitBake, with PACKAGES=directory what it made
	tests/layer/run $(ONLY)
	$(if $(OE_ROOT),OE_ROOT="$(OE_ROOT)" tests/layer/bitbake)

unit: ## Unit and integration tests, no virtual machine
	tests/unit

board: ## Those tests on the 64-bit Arm board that QEMU plays; ONLY=text selects test programs
	$(MAKE) --no-print-directory image ARCH=arm64
	tests/board-tools arm64
	SIGNAGE_ARCH=arm64 $(BIN)/board $(ONLY)

browser: ## The console in Chromium; ONLY=text selects; pictures of every page in target/browser
	tests/axe $(CARGO) test --quiet --workspace --test browser -- $(ONLY)

scenarios: image ## Whole-system scenarios in virtual machines; ONLY=text selects, ARCH=arm64 the board
	$(BIN)/scenarios $(ONLY)

fuzz: ## Random files and disks at what reads them; MINUTES=10 in all, TARGET=file settings medium
	MINUTES=$(or $(MINUTES),10) tools/fuzz $(TARGET)

api-fuzz: ## Generated requests at the hub's API; ONLY=get-screens selects, LONG=1 makes many, POSTGRES=1 on PostgreSQL
	tools/api-fuzz $(if $(POSTGRES),--postgres) $(if $(LONG),--long) $(ONLY)

soak: image fuzz ## Fuzzing, the scenarios again and again (ROUNDS=10), then all of it once on a 64-bit Arm board
	tools/api-fuzz --long
	tools/api-fuzz --postgres --long
	$(BIN)/scenarios --rounds $(or $(ROUNDS),10) $(ONLY)
	$(MAKE) --no-print-directory board ONLY=
	$(MAKE) --no-print-directory scenarios ARCH=arm64

bench-hub: build ## What a hub can take, as ratios to its disk; DEVICES=10000
	$(CARGO) run --quiet -p signage-tests --example bench_hub

##@ Run
.PHONY: demo vm
demo: setup ## Hub, stick and screen from nothing to playing content; ONCE=1 ends there
	$(MAKE) --no-print-directory image
	$(BIN)/demo $(if $(ONCE),--once)

vm: image ## Boot the test image with a shell here; STICK=image plugs a stick in
	$(BIN)/vm $(STICK)

##@ Install
.PHONY: install install-hub install-factory install-rootfs install-update
install: ## Lay out the device's programs and units below DESTDIR (build first)
	@$(call need_destdir)
	tools/install "$(DESTDIR)" $(BIN) $(DEVICE)

install-hub: ## Lay out the hub, its unit and its manual below DESTDIR (build first)
	MANUAL=1 tools/install "$(DESTDIR)" $(BIN) hub

install-factory: ## Lay out the tool that makes cards, and its manual, below DESTDIR (build first)
	MANUAL=1 tools/install "$(DESTDIR)" $(BIN) factory

install-rootfs: ## Lay out the operating system's configuration below DESTDIR
	@$(call need_destdir)
	cp -a --remove-destination --no-preserve=ownership images/rootfs/. "$(DESTDIR)/"
	install -d "$(DESTDIR)/data"

install-update: ## Lay out RAUC's part below DESTDIR; BOOT=tryboot|uboot|grub MACHINE=name KEYRING=file
	@$(call need_destdir)
	DEVELOPMENT=$(DEVELOPMENT) tools/install-update "$(DESTDIR)" "$(BOOT)" "$(MACHINE)" "$(KEYRING)"

##@ Other
.PHONY: notices clean help
notices: ## Write anew what third parties want said of their works (*/THIRD-PARTY.txt)
	tools/notices

clean: ## Remove everything that was built
	$(SUDO) rm -rf target

help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } /^##@/ { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
