##@ Prove: the code, and `make start` (at PORT, CLOUD_PORT) by its contract

SOURCES := contract/plugin handlers $(wildcard lab) local tests twinproof
UNIT_TESTS := tests/unit tests/twinproof tests/plugin
# What looks into the cloud of `make start` beside asking the service.
CLOUD = --endpoint http://127.0.0.1:$(CLOUD_PORT) \
  --lambda-endpoint http://127.0.0.1:$(shell echo $$(($(CLOUD_PORT) + 1)))

# The integration tests wait most of the time: the unit tests run beside them, in two
# processes that take about as long.
COVERED := $(BIN)/coverage run -m pytest
.PHONY: test
test: setup lint types validate  ## lint, types, the template, unit and integration tests
	@npm run --silent unit
	@$(BIN)/coverage erase
	@mk/side-by-side.sh '$(COVERED) tests/integration' \
	  '$(COVERED) $(filter-out tests/plugin,$(UNIT_TESTS))' '$(COVERED) tests/plugin'
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

.PHONY: test-more
test-more: setup  ## what `make test` leaves out: the suite by Invoke, fuzzing, debuggers
	@$(BIN)/pytest tests/integration -m more

.PHONY: lint
lint: $(VENV)/tools/.ready node_modules/.ready  ## ruff, biome, imports; the contract's own files, and its routes
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/ruff format --check $(SOURCES)
	@$(BIN)/lint-imports --no-cache --no-logo pyproject.toml $(wildcard lab/importlinter.toml)
	@npm run --silent lint
	@$(BIN)/python -m local.commands.agreement
	@$(BIN)/twinproof lint
	@$(BIN)/twinproof events --check
	@$(BIN)/twinproof emulators --check

.PHONY: fmt
fmt: $(VENV)/tools/.ready node_modules/.ready  ## format all sources, and mend what lint can mend
	@$(BIN)/ruff check --quiet --fix-only $(SOURCES)
	@$(BIN)/ruff format --quiet $(SOURCES)
	@npm run --silent fmt

.PHONY: types
types: $(BOUNDS) node_modules/.ready  ## mypy --strict, tsc --strict
	@$(BIN)/mypy
	@npm run --silent types

.PHONY: unit
unit: $(BOUNDS) node_modules/.ready  ## unit tests: no network, no local stack
	@npm run --silent unit
	@$(BIN)/pytest $(UNIT_TESTS)

.PHONY: integration
integration: setup  ## integration tests: the whole local stack
	@$(BIN)/pytest tests/integration

.PHONY: mutants
mutants: setup  ## prove that the tests can fail: handlers with one mutation each
	@$(BIN)/pytest $(addprefix tests/integration/test_,mutants.py third.py added_operation.py) -m mutants

.PHONY: test-sam
test-sam: setup  ## the real SAM CLI in containers: every event, the whole suite (Docker)
	@$(BIN)/python -m local.docker.images python3.13 nodejs24.x
	@$(BIN)/pytest tests/integration/sam -m sam

.PHONY: events
events: $(VENV)/tools/.ready  ## render events/ and docs/emulators.md from the contract
	@$(BIN)/twinproof events
	@$(BIN)/twinproof emulators

.PHONY: pictures
pictures: $(VENV)/tools/.ready node_modules/.ready  ## draw those of README: the service, a report (chromium)
	@$(BIN)/python -m tests.pictures

.PHONY: check
check: $(VENV)/tools/.ready  ## `make start` by its contract: TARGET=name=url CASE=id REPORT=folder
	@$(BIN)/twinproof check $(if $(TARGET),--target $(TARGET),$(BOTH) $(CLOUD)) $(if $(CASE),--case $(CASE)) $(if $(REPORT),--report $(REPORT))

.PHONY: fuzz
fuzz: $(VENV)/tools/.ready  ## both of `make start` alike: SEQUENCES=200 SEED=1 SEEDS=20 REPORT=folder
	@$(BIN)/twinproof fuzz $(BOTH) $(CLOUD) --sequences $(or $(SEQUENCES),200) $(if $(SEEDS),--seeds $(SEEDS),--seed $(or $(SEED),1)) $(if $(REPORT),--report $(REPORT))

.PHONY: baseline
baseline: $(VENV)/tools/.ready  ## its verdicts and fuzz reach as in tests/baseline/: SAVE=1 keeps new
	@$(BIN)/python -m tests.baseline --port $(PORT) --cloud-port $(CLOUD_PORT) $(if $(SAVE),--save)

.PHONY: schemathesis
schemathesis: setup $(VENV)/schemathesis/.ready  ## its answers to what Schemathesis draws: EXAMPLES=50 SEED=1
	@exec $(BIN)/python -m local.schemathesis --port $(PORT) --cloud-port $(CLOUD_PORT) $(if $(EXAMPLES),--examples '$(EXAMPLES)') $(if $(SEED),--seed '$(SEED)')
