##@ Set up: one environment for each set of pinned packages that must not mix

ENVIRONMENTS := $(VENV)/tools/.ready $(VENV)/sam/.ready $(VENV)/cloud/.ready $(VENV)/lambda/.ready
BOUNDS := build/python/schemas.py
# This mode installs a line in a .pth file. Setuptools' default runs code at each start
# of Python: that doubles the start time, and our code cannot handle Ctrl-C meanwhile.
EDITABLE := --config-setting editable_mode=compat
COMPILE := $(VENV)/uv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

.PHONY: setup
setup: node_modules/.ready $(ENVIRONMENTS) $(BOUNDS)  ## install everything that the commands below need

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

# A change of the tool's project reinstalls its command and entry point.
$(VENV)/tools/.ready: twinproof/pyproject.toml

# What the Python functions import of the contract, for running and type-checking them.
$(BOUNDS): $(VENV)/tools/.ready handlers/packaging/schemas.py contract/schemas $(wildcard contract/schemas/*.json)
	@$(BIN)/python -m handlers.packaging.schemas

node_modules/.ready: package-lock.json
	@command -v npm >/dev/null || { echo "make: npm not found; install Node 20 or later with npm" >&2; exit 1; }
	@echo "installing node packages" >&2
	@npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@

.PHONY: lock
lock: $(VENV)/uv/.ready  ## update every pinned package from its .in file, with hashes
	@for source in handlers/python/requirements.in $(wildcard requirements/*.in lab/bench/peers/python/*/requirements.in); do \
	  $(COMPILE) $$source -o $${source%.in}.txt; done
	@# The packages that the tool's wheel needs, at the versions of its tests.
	@$(COMPILE) twinproof/pyproject.toml -c requirements/tools.txt -o requirements/twinproof.txt
	@for package in $(wildcard package.json lab/bench/peers/node/*/package.json); do \
	  npm --prefix $$(dirname $$package) update --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error; done

.PHONY: clean
clean:  ## remove what the commands made, except environments and data of KEEP=1
	@rm -rf .aws-sam $(filter-out .local/kept-%.zip,$(wildcard .local/*)) build reports .pytest_cache .mypy_cache .ruff_cache .coverage*
