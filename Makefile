# Every command of the project. CI and the README use no others; `make help` lists them.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory --warn-undefined-variables

# GNU make 3.81, which macOS has, ignores .SHELLFLAGS: a recipe would go on after a
# failure, and `make deploy` would deploy what it has just refused.
ifneq ($(filter 3.%,$(MAKE_VERSION)),)
$(error GNU make 4.0 or later is needed, this is $(MAKE_VERSION); on macOS: brew install make, and type gmake)
endif

# Make's functions split a path at its spaces.
ifneq ($(words $(CURDIR)),1)
$(error the path of this checkout has a space in it; move the checkout to a path without spaces)
endif

# Every variable that a command takes. Any other on the command line is an error.
VARIABLES := CASE CHECK CLOUD_PORT CORS_ORIGINS DEBUG DEPLOY_ID ENV EXAMPLES IMPLEMENTATION KEEP \
  PORT QUICK REPORT REVISION RUNTIME_TRACK SAVE SECONDS_EACH SEED SEEDS SEQUENCES TARGET
OF_MAKE := GNUMAKEFLAGS MAKE MAKEFILES MAKEFLAGS MFLAGS SHELL
UNKNOWN := $(filter-out $(VARIABLES) $(OF_MAKE),$(foreach name,$(.VARIABLES),$(if $(filter command,$(origin $(name))),$(name))))
ifneq ($(UNKNOWN),)
NEAREST := $(shell local/nearest-word.sh '$(subst ',,$(firstword $(UNKNOWN)))' $(VARIABLES))
$(error make: no variable $(firstword $(UNKNOWN)); $(if $(NEAREST),did you mean $(NEAREST)? See make help,make help lists them))
endif

PORT ?= 3000
CLOUD_PORT ?= 4566
IMPLEMENTATION ?= python
# The environment of samconfig.toml; the file has each of them for both implementations.
ENV ?= default
# The other variables are empty by default.
$(foreach name,$(VARIABLES),$(eval $(name) ?=))

VENV := .venv
BIN := $(VENV)/tools/bin
# Both implementations of `make start`, at PORT and the port after it.
BOTH = --target python=http://127.0.0.1:$(PORT) \
  --target typescript=http://127.0.0.1:$(shell echo $$(($(PORT) + 1)))

include $(addprefix mk/,setup.mk use.mk prove.mk ship.mk) $(wildcard lab/lab.mk)

# Prints the ##@ heading of each file, and below it each target with its ## text.
.PHONY: help
help:
	@awk '/^##@ / {print substr($$0, 5)} \
	  /^[a-z-]+:.*  ## / {name = $$1; sub(/:/, "", name); sub(/.*  ## /, ""); printf "  %-15s%s\n", name, $$0}' \
	  $(MAKEFILE_LIST)
