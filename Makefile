# Every command of the project. `make help` lists them; CI and README use only these.

.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory

PORT ?= 3000
CLOUD_PORT ?= 4566
IMPLEMENTATION ?= python

VENV := .venv
BIN := $(VENV)/tools/bin
ENVIRONMENTS := $(VENV)/tools/.ready $(VENV)/sam/.ready $(VENV)/cloud/.ready $(VENV)/lambda/.ready
SOURCES := bench contract/suite handlers/python local tests

.PHONY: help
help:  ## list the commands
	@grep -hE '^[a-z-]+:.*  ## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*  ## (.*)/  make \1\t\2/' | expand -t 22

# ---- set-up: one environment for each set of pins that must not mix -------------

.PHONY: setup
setup: $(ENVIRONMENTS) node_modules/.ready  ## install everything the commands below need

$(VENV)/uv/.ready: requirements/uv.txt
	@python=$$(local/newest-python.sh) || { echo "make: no Python 3.11 to 3.14 with venv found; on Debian: apt-get install python3 python3-venv" >&2; exit 1; }; \
	  "$$python" -m venv --clear $(VENV)/uv
	@$(VENV)/uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(VENV)/%/.ready: requirements/%.txt $(VENV)/uv/.ready
	@echo "installing $*" >&2
	@$(VENV)/uv/bin/uv venv --quiet --clear --python "$$(local/newest-python.sh)" $(VENV)/$*
	@$(VENV)/uv/bin/uv pip sync --quiet --require-hashes --python $(VENV)/$*/bin/python $<
	@if [ $* = tools ]; then $(VENV)/uv/bin/uv pip install --quiet --no-deps --no-build-isolation --python $(VENV)/tools/bin/python --editable .; fi
	@touch $@

node_modules/.ready: package-lock.json
	@command -v npm >/dev/null || { echo "make: npm not found; install Node 20 or later with npm" >&2; exit 1; }
	@echo "installing node packages" >&2
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: lock
lock: $(VENV)/uv/.ready  ## renew every pin from its .in file, with hashes
	@for name in handlers/python/requirements requirements/uv requirements/tools requirements/sam requirements/cloud requirements/lambda; do \
	  $(VENV)/uv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate $$name.in -o $$name.txt; done
	@npm install --package-lock-only --ignore-scripts --no-audit --no-fund --loglevel=error

# ---- checks ---------------------------------------------------------------------

.PHONY: lint
lint: $(VENV)/tools/.ready  ## ruff, check and format
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/ruff format --check $(SOURCES)

.PHONY: types
types: $(VENV)/tools/.ready  ## mypy --strict
	@$(BIN)/mypy

.PHONY: unit
unit: $(VENV)/tools/.ready  ## unit tests: no network, no local stack
	@$(BIN)/pytest tests/unit

.PHONY: clean
clean:  ## remove what the commands made, but the environments
	@rm -rf .aws-sam .local build reports .pytest_cache .mypy_cache .ruff_cache
