##@ Measure: what lab/ has, which nothing else needs

# The tables of the documentation are those of the kept results.
lint: check-bench-table
.PHONY: check-bench-table
check-bench-table: $(VENV)/tools/.ready
	@$(BIN)/python -m lab.bench --table --check

.PHONY: bench
bench: setup  ## our functions beside peers: QUICK=1, SAVE=1 keeps the results
	@$(BIN)/python -m lab.bench $(if $(QUICK),--quick) $(if $(SAVE),--save)

.PHONY: bench-table
bench-table: $(VENV)/tools/.ready  ## the tables of docs/performance.md: CHECK=1 only compares
	@$(BIN)/python -m lab.bench --table $(if $(CHECK),--check)

.PHONY: ablation
ablation: setup  ## what each trick gains: our functions with one undone: SAVE=1
	@$(BIN)/python -m lab.bench.ablation $(if $(SAVE),--save)

.PHONY: load
load: $(VENV)/tools/.ready  ## raise the load on `make start` to its knee (wrk): SECONDS_EACH=10
	@$(BIN)/python -m lab.load $(BOTH) --seconds $(or $(SECONDS_EACH),10)

.PHONY: scale
scale: $(VENV)/tools/.ready  ## docs/scale.md: cost and scale by prices and measurements: CHECK=1
	@$(BIN)/python -m lab.scale $(if $(CHECK),--check)

.PHONY: scale-measure
scale-measure: setup  ## what `make scale` starts from: CPU time and AWS calls
	@$(BIN)/python -m lab.scale.measuring --cloud-port $(CLOUD_PORT)

.PHONY: iam
iam: setup  ## the roles may do what is needed and no more; by a stack of its own
	@exec $(BIN)/python -m lab.iam.proof --port $(PORT) --cloud-port $(CLOUD_PORT)

.PHONY: rehearse
rehearse: setup  ## deploys, updates, switches, a rollback, on a cloud of this machine
	@exec $(BIN)/python -m lab.rehearsal.deploy --port $(PORT) --cloud-port $(CLOUD_PORT)

.PHONY: lines
lines: $(VENV)/tools/.ready  ## lines of code by room, files by folder: REVISION=HEAD
	@$(BIN)/python -m lab.lines $(if $(REVISION),--revision '$(REVISION)')
