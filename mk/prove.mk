##@ Prove: test the code, and check what `make start` serves (at PORT, CLOUD_PORT)

SOURCES := contract/plugin handlers $(wildcard lab) local tests twinproof
UNIT_TESTS := tests/unit tests/twinproof tests/plugin
# Options that give a check access to the cloud of `make start`.
CLOUD = --endpoint http://127.0.0.1:$(CLOUD_PORT) \
  --lambda-endpoint http://127.0.0.1:$(shell echo $$(($(CLOUD_PORT) + 1)))

# The integration tests mostly wait, so the unit tests run beside them, in two processes
# that take about as long.
COVERED := $(BIN)/coverage run -m pytest
.PHONY: test
test: setup lint types validate  ## run lint, types, validate, unit and integration tests
	@npm run --silent unit
	@$(BIN)/coverage erase
	@mk/side-by-side.sh '$(COVERED) tests/integration' \
	  '$(COVERED) $(filter-out tests/plugin,$(UNIT_TESTS))' '$(COVERED) tests/plugin'
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

.PHONY: test-more
test-more: setup  ## run what `make test` leaves out: cases by Invoke, fuzzing, debuggers
	@$(BIN)/pytest tests/integration -m more

.PHONY: lint
lint: $(VENV)/tools/.ready node_modules/.ready  ## run ruff, biome and import-linter; check contract/ and the routes
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/ruff format --check $(SOURCES)
	@$(BIN)/lint-imports --no-cache --no-logo pyproject.toml $(wildcard lab/importlinter.toml)
	@npm run --silent lint
	@$(BIN)/python -m local.commands.agreement
	@$(BIN)/twinproof lint
	@$(BIN)/twinproof events --check
	@$(BIN)/twinproof emulators --check

.PHONY: fmt
fmt: $(VENV)/tools/.ready node_modules/.ready  ## format all sources, and fix what the linters can fix
	@$(BIN)/ruff check --quiet --fix-only $(SOURCES)
	@$(BIN)/ruff format --quiet $(SOURCES)
	@npm run --silent fmt

.PHONY: types
types: $(BOUNDS) node_modules/.ready  ## check types: mypy --strict and tsc --strict
	@$(BIN)/mypy
	@npm run --silent types

.PHONY: unit
unit: $(BOUNDS) node_modules/.ready  ## run the unit tests: no network, no local stack
	@npm run --silent unit
	@$(BIN)/pytest $(UNIT_TESTS)

.PHONY: integration
integration: setup  ## run the integration tests on the local stack
	@$(BIN)/pytest tests/integration

.PHONY: mutants
mutants: setup  ## prove that the tests can fail: handlers with one mutation each
	@$(BIN)/pytest $(addprefix tests/integration/test_,mutants.py third.py added_operation.py) -m mutants

.PHONY: test-sam
test-sam: setup  ## run all cases and events with the SAM CLI in containers (Docker)
	@$(BIN)/python -m local.docker.images python3.13 nodejs24.x
	@$(BIN)/pytest tests/integration/sam -m sam

.PHONY: events
events: $(VENV)/tools/.ready  ## render events/ and docs/emulators.md from the contract
	@$(BIN)/twinproof events
	@$(BIN)/twinproof emulators

.PHONY: pictures
pictures: $(VENV)/tools/.ready node_modules/.ready  ## draw the pictures of the README (chromium)
	@$(BIN)/python -m tests.pictures

.PHONY: check
check: $(VENV)/tools/.ready  ## check the API by its contract: TARGET=name=url CASE=id REPORT=folder
	@$(BIN)/twinproof check $(if $(TARGET),--target $(TARGET),$(BOTH) $(CLOUD)) $(if $(CASE),--case $(CASE)) $(if $(REPORT),--report $(REPORT))

.PHONY: fuzz
fuzz: $(VENV)/tools/.ready  ## compare by random calls: SEQUENCES=200 SEED=1 SEEDS=20 REPORT=folder
	@$(BIN)/twinproof fuzz $(BOTH) $(CLOUD) --sequences $(or $(SEQUENCES),200) $(if $(SEEDS),--seeds $(SEEDS),--seed $(or $(SEED),1)) $(if $(REPORT),--report $(REPORT))

.PHONY: baseline
baseline: $(VENV)/tools/.ready  ## compare verdicts and coverage with tests/baseline/: SAVE=1 renews it
	@$(BIN)/python -m tests.baseline --port $(PORT) --cloud-port $(CLOUD_PORT) $(if $(SAVE),--save)

.PHONY: schemathesis
schemathesis: setup $(VENV)/schemathesis/.ready  ## run Schemathesis against the API: EXAMPLES=50 SEED=1
	@exec $(BIN)/python -m local.schemathesis --port $(PORT) --cloud-port $(CLOUD_PORT) $(if $(EXAMPLES),--examples '$(EXAMPLES)') $(if $(SEED),--seed '$(SEED)')
