# Every command of the project. `make help` lists them; CI and README use only these.

.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory

# Make's own functions take a path apart at its spaces.
ifneq ($(words $(CURDIR)),1)
$(error the path of this checkout has a space in it; move it to one without)
endif

# Every variable that a command takes; on the command line any other is a slip.
VARIABLES := CASE CHECK CLOUD_PORT CORS_ORIGINS DEBUG DEPLOY_ID ENV EXAMPLES IMPLEMENTATION KEEP \
  PORT QUICK REPORT RUNTIME_TRACK SAVE SECONDS_EACH SEED SEEDS SEQUENCES STACK TARGET
OF_MAKE := GNUMAKEFLAGS MAKE MAKEFILES MAKEFLAGS MFLAGS SHELL
UNKNOWN := $(filter-out $(VARIABLES) $(OF_MAKE),$(foreach name,$(.VARIABLES),$(if $(filter command,$(origin $(name))),$(name))))
ifneq ($(UNKNOWN),)
NEAREST := $(shell local/nearest-word.sh '$(subst ',,$(firstword $(UNKNOWN)))' $(VARIABLES))
$(error make: no variable $(firstword $(UNKNOWN)); $(if $(NEAREST),did you mean $(NEAREST)? See make help,make help lists them))
endif

PORT ?= 3000
CLOUD_PORT ?= 4566
IMPLEMENTATION ?= python
# The environment of samconfig.toml; each also stands there for the other implementation.
ENV ?= default
CONFIG = $(ENV)$(if $(filter-out python,$(IMPLEMENTATION)),-$(IMPLEMENTATION))

VENV := .venv
BIN := $(VENV)/tools/bin
ENVIRONMENTS := $(VENV)/tools/.ready $(VENV)/sam/.ready $(VENV)/cloud/.ready $(VENV)/lambda/.ready
# Its state stands here, with a note of the day: it need not ask for a newer version.
SAM = SAM_CLI_TELEMETRY=0 __SAM_CLI_APP_DIR=$(CURDIR)/.local/sam $(VENV)/sam/bin/sam
SAM_STATE = mkdir -p .local/sam; echo "{\"telemetryEnabled\": false, \"lastVersionCheck\": $$(date +%s)}" > .local/sam/metadata.json
# SAM's --parameter-overrides replace those of samconfig.toml, so both are merged first.
OVERRIDES = $(BIN)/python -m local.commands.overrides $(CONFIG) $(if $(RUNTIME_TRACK),RuntimeTrack=$(RUNTIME_TRACK))
BOUNDS := build/python/schemas.py
SOURCES := contract/plugin handlers $(wildcard lab) local tests twinproof
UNIT_TESTS := tests/unit tests/twinproof tests/plugin

.PHONY: help
help:  ## list the commands
	@grep -hE '^[a-z-]+:.*  ## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*  ## (.*)/  make \1\t\2/' | expand -t 22
	@echo "variables: $(VARIABLES)" | fold -s -w 88

# ---- set-up: one environment for each set of pins that must not mix -------------

# A line in a .pth file. Setuptools' other way runs code at each start of Python, before
# any of ours can answer Ctrl-C, and takes as long as Python's own start.
EDITABLE := --config-setting editable_mode=compat

.PHONY: setup
setup: node_modules/.ready $(ENVIRONMENTS) $(BOUNDS)  ## install everything the commands below need

$(VENV)/uv/.ready: requirements/uv.txt
	@python=$$(local/newest-python.sh) || { echo "make: no Python 3.11 to 3.14 with venv found; on Debian: apt-get install python3 python3-venv" >&2; exit 1; }; \
	  "$$python" -m venv --clear $(VENV)/uv
	@$(VENV)/uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(VENV)/%/.ready: requirements/%.txt $(VENV)/uv/.ready
	@echo "installing $*" >&2
	@$(VENV)/uv/bin/uv venv --quiet --clear --python "$$(local/newest-python.sh)" $(VENV)/$*
	@$(VENV)/uv/bin/uv pip sync --quiet --require-hashes --python $(VENV)/$*/bin/python $<
	@if [ $* = tools ]; then $(VENV)/uv/bin/uv pip install --quiet --no-deps --no-build-isolation $(EDITABLE) --python $(VENV)/tools/bin/python --editable . --editable ./twinproof; fi
	@touch $@

# The command and its entry point are made anew where the tool's project changed.
$(VENV)/tools/.ready: twinproof/pyproject.toml

# What the Python functions import of the contract, for who runs or reads their sources.
$(BOUNDS): $(VENV)/tools/.ready handlers/packaging/schemas.py $(wildcard contract/schemas/*.json)
	@$(BIN)/python -m handlers.packaging.schemas

node_modules/.ready: package-lock.json
	@command -v npm >/dev/null || { echo "make: npm not found; install Node 20 or later with npm" >&2; exit 1; }
	@echo "installing node packages" >&2
	@npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@

COMPILE := $(VENV)/uv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

.PHONY: lock
lock: $(VENV)/uv/.ready  ## renew every pin from its .in file, with hashes; the peers' too
	@for source in handlers/python/requirements.in requirements/*.in lab/bench/peers/python/*/requirements.in; do \
	  $(COMPILE) $$source -o $${source%.in}.txt; done
	@# What the tool's wheel needs, at the versions that its tests have.
	@$(COMPILE) twinproof/pyproject.toml -c requirements/tools.txt -o requirements/twinproof.txt
	@for package in package.json lab/bench/peers/node/*/package.json; do \
	  npm --prefix $$(dirname $$package) update --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error; done

# ---- the service on this machine ------------------------------------------------

ORIGINS = $(if $(CORS_ORIGINS),--cors-origins '$(CORS_ORIGINS)')

.PHONY: start
start: setup  ## run the service here: Python at PORT=3000, TypeScript at the next; CLOUD_PORT=4566 CORS_ORIGINS=...; KEEP=1 keeps the data, DEBUG=python:UsersFunction waits for a debugger
	@exec $(BIN)/python -m local.commands.start --port $(PORT) --cloud-port $(CLOUD_PORT) $(if $(filter-out 0,$(KEEP)),--keep) $(ORIGINS) $(if $(DEBUG),--debug '$(DEBUG)')

.PHONY: gaps
gaps: $(VENV)/tools/.ready  ## list what the running `make start` left out of the template or applied afterwards: CLOUD_PORT=4566
	@$(BIN)/python -m local.commands.gaps --cloud-port $(CLOUD_PORT)

# Both implementations of `make start`, wherever it was told to listen.
BOTH = --target python=http://127.0.0.1:$(PORT) \
  --target typescript=http://127.0.0.1:$(shell echo $$(($(PORT) + 1))) \
  --endpoint http://127.0.0.1:$(CLOUD_PORT) \
  --lambda-endpoint http://127.0.0.1:$(shell echo $$(($(CLOUD_PORT) + 1)))

.PHONY: check
check: $(VENV)/tools/.ready  ## hold `make start` to the contract, and both to each other: TARGET=name=url CASE=id REPORT=folder
	@$(BIN)/twinproof check $(if $(TARGET),--target $(TARGET),$(BOTH)) $(if $(CASE),--case $(CASE)) $(if $(REPORT),--report $(REPORT))

.PHONY: fuzz
fuzz: $(VENV)/tools/.ready  ## differential fuzzing of `make start`: SEQUENCES=200 SEED=1 REPORT=folder, SEEDS=20 draws as many
	@$(BIN)/twinproof fuzz $(BOTH) --sequences $(or $(SEQUENCES),200) $(if $(SEEDS),--seeds $(SEEDS),--seed $(or $(SEED),1)) $(if $(REPORT),--report $(REPORT))

.PHONY: baseline
baseline: $(VENV)/tools/.ready  ## compare verdicts and fuzz reach of `make start` with tests/baseline/, by HTTP and by Lambda; SAVE=1 keeps the new ones
	@$(BIN)/python -m tests.baseline --port $(PORT) --cloud-port $(CLOUD_PORT) $(if $(SAVE),--save)

.PHONY: schemathesis
schemathesis: setup $(VENV)/schemathesis/.ready  ## requests drawn by Schemathesis, to both of `make start` or a stack of its own: EXAMPLES=50 SEED=1
	@exec $(BIN)/python -m local.schemathesis --port $(PORT) --cloud-port $(CLOUD_PORT) $(if $(EXAMPLES),--examples '$(EXAMPLES)') $(if $(SEED),--seed '$(SEED)')

# ---- measurements ---------------------------------------------------------------

.PHONY: bench
bench: setup  ## measure our functions beside peers, in one run: QUICK=1, SAVE=1 to keep the results
	@$(BIN)/python -m lab.bench $(if $(QUICK),--quick) $(if $(SAVE),--save)

.PHONY: bench-table
bench-table: $(VENV)/tools/.ready  ## write the tables of README and docs/performance.md from the kept results: CHECK=1 only compares
	@$(BIN)/python -m lab.bench --table $(if $(CHECK),--check)

.PHONY: ablation
ablation: setup  ## measure what each trick gains: our functions with one of them undone, SAVE=1 to keep the results
	@$(BIN)/python -m lab.bench.ablation $(if $(SAVE),--save)

.PHONY: load
load: $(VENV)/tools/.ready  ## raise the load on `make start` to its knee: PORT=3000 SECONDS_EACH=10 (needs wrk)
	@$(BIN)/python -m lab.load --target python=http://127.0.0.1:$(PORT) \
	  --target typescript=http://127.0.0.1:$(shell echo $$(($(PORT) + 1))) --seconds $(or $(SECONDS_EACH),10)

.PHONY: scale
scale: $(VENV)/tools/.ready  ## write docs/scale.md: cost and scale, from prices and measurements; CHECK=1 only compares
	@$(BIN)/python -m lab.scale $(if $(CHECK),--check)

.PHONY: scale-measure
scale-measure: setup  ## measure here what `make scale` starts from: CPU time, AWS calls; CLOUD_PORT=4566
	@$(BIN)/python -m lab.scale.measuring --cloud-port $(CLOUD_PORT)

.PHONY: iam
iam: setup  ## prove that the roles may do what is needed and no more; own stack at PORT, CLOUD_PORT
	@exec $(BIN)/python -m lab.iam.proof --port $(PORT) --cloud-port $(CLOUD_PORT)

# ---- the service on AWS ---------------------------------------------------------

.PHONY: validate
validate: $(VENV)/sam/.ready  ## sam validate --lint
	@$(SAM_STATE); $(SAM) validate --lint

.PHONY: build
build: $(VENV)/tools/.ready $(VENV)/sam/.ready  ## sam build: IMPLEMENTATION=python ENV=default RUNTIME_TRACK=...
	@$(SAM_STATE); overrides="$$($(OVERRIDES))"; $(SAM) build --config-env $(CONFIG) --parameter-overrides $$overrides

.PHONY: deploy
deploy: $(VENV)/tools/.ready $(VENV)/sam/.ready  ## sam deploy of what was built, if it fits: same variables, DEPLOY_ID=...
	@$(SAM_STATE); overrides="$$($(OVERRIDES))"; \
	  parameters="$$($(BIN)/python -m local.commands.guard $(if $(DEPLOY_ID),--deploy-id '$(DEPLOY_ID)') $(CONFIG) $$overrides)"; \
	  $(SAM) deploy --config-env $(CONFIG) --parameter-overrides $$parameters

# ---- SAM CLI in containers --------------------------------------------------------

.PHONY: sam-local
sam-local: setup  ## sam build and sam local start-api, with data (needs Docker): IMPLEMENTATION=python PORT=3000
	@$(BIN)/python -m local.commands.sam_local serve --implementation $(or $(IMPLEMENTATION),python) --port $(PORT) --cloud-port $(CLOUD_PORT) $(ORIGINS)

.PHONY: sam-data
sam-data: setup  ## tables and bucket for your own sam local commands (needs Docker): CLOUD_PORT=4566
	@$(BIN)/python -m local.commands.sam_local data --cloud-port $(CLOUD_PORT) $(ORIGINS)

# ---- checks ---------------------------------------------------------------------

.PHONY: test
test: setup lint types validate  ## everything: lint, types, contract files, unit and integration tests
	@npm run --silent unit
	@# The integration tests wait most of the time: the unit tests run beside them.
	@log=$$(mktemp); COVERAGE_FILE=.coverage.unit $(BIN)/pytest --cov --cov-report= $(UNIT_TESTS) >"$$log" 2>&1 & unit=$$!; \
	  trap 'kill "$$unit"; wait "$$unit"; rm -f "$$log"; exit 130' INT TERM; \
	  COVERAGE_FILE=.coverage.integration $(BIN)/pytest --cov --cov-report= tests/integration; code=$$?; \
	  wait "$$unit" || code=$$?; \
	  $(BIN)/coverage combine --quiet .coverage.unit .coverage.integration && $(BIN)/coverage report; \
	  cat "$$log"; rm -f "$$log"; exit "$$code"

.PHONY: lint
lint: $(VENV)/tools/.ready node_modules/.ready  ## ruff and biome, check and format; the contract's own files, and its routes everywhere
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/ruff format --check $(SOURCES)
	@$(BIN)/lint-imports --no-cache --no-logo pyproject.toml $(wildcard lab/importlinter.toml)
	@npm run --silent lint
	@$(BIN)/python -m local.commands.agreement
	@$(BIN)/twinproof lint
	@$(BIN)/twinproof events --check
	@$(BIN)/twinproof emulators --check
	@$(BIN)/python -m lab.bench --table --check

.PHONY: types
types: $(BOUNDS) node_modules/.ready  ## mypy --strict, tsc --strict
	@$(BIN)/mypy
	@npm run --silent types

.PHONY: unit
unit: $(VENV)/tools/.ready node_modules/.ready  ## unit tests: no network, no local stack
	@npm run --silent unit
	@$(BIN)/pytest $(UNIT_TESTS)

.PHONY: integration
integration: setup  ## integration tests: the whole local stack
	@$(BIN)/pytest tests/integration

.PHONY: imposters
imposters: setup  ## show that the suite can fail: handlers with one slip each
	@$(BIN)/pytest $(addprefix tests/integration/test_,imposters.py third.py added_operation.py) -m imposters

.PHONY: test-sam
test-sam: setup  ## the real SAM CLI in containers: every event, the whole suite (needs Docker)
	@$(BIN)/python -m local.docker.images python3.13 nodejs24.x
	@$(BIN)/pytest tests/integration/sam -m sam

# ---- rehearsals on a cloud of this machine --------------------------------------

.PHONY: rehearse
rehearse: setup  ## sam deploy of both, every property read back, updates, switches, a rollback: PORT CLOUD_PORT
	@exec $(BIN)/python -m lab.rehearsal.deploy --port $(PORT) --cloud-port $(CLOUD_PORT)

.PHONY: events
events: $(VENV)/tools/.ready  ## render events/ and docs/emulators.md from the contract
	@$(BIN)/twinproof events
	@$(BIN)/twinproof emulators

.PHONY: clean
clean:  ## remove what the commands made, but the environments and what KEEP=1 kept
	@rm -rf .aws-sam $(filter-out .local/kept-%.zip,$(wildcard .local/*)) build reports .pytest_cache .mypy_cache .ruff_cache .coverage*
