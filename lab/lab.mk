##@ Measure: cost, load and deployment of the service (lab/, which nothing else needs)

# The tables of the documentation must match the kept results.
lint: check-bench-table
.PHONY: check-bench-table
check-bench-table: $(VENV)/tools/.ready
	@$(BIN)/python -m lab.bench --table --check

.PHONY: bench
bench: setup  ## compare our functions with peers: QUICK=1, SAVE=1 keeps the results
	@$(BIN)/python -m lab.bench $(if $(QUICK),--quick) $(if $(SAVE),--save)

.PHONY: bench-table
bench-table: $(VENV)/tools/.ready  ## write the tables of docs/performance.md: CHECK=1 only compares
	@$(BIN)/python -m lab.bench --table $(if $(CHECK),--check)

.PHONY: ablation
ablation: setup  ## measure what each optimization gains: SAVE=1 keeps the results
	@$(BIN)/python -m lab.bench.ablation $(if $(SAVE),--save)

.PHONY: load
load: $(VENV)/tools/.ready  ## find the load that `make start` can serve (wrk): SECONDS_EACH=10
	@$(BIN)/python -m lab.load $(BOTH) --seconds $(or $(SECONDS_EACH),10)

.PHONY: scale
scale: $(VENV)/tools/.ready  ## write docs/scale.md from prices and measurements: CHECK=1 only compares
	@$(BIN)/python -m lab.scale $(if $(CHECK),--check)

.PHONY: scale-measure
scale-measure: setup  ## measure CPU time and AWS calls for `make scale`
	@$(BIN)/python -m lab.scale.measuring --cloud-port $(CLOUD_PORT)

.PHONY: iam
iam: setup  ## prove that the roles have every right they need and no other
	@exec $(BIN)/python -m lab.iam.proof --port $(PORT) --cloud-port $(CLOUD_PORT)

.PHONY: rehearse
rehearse: setup  ## deploy, update, switch, roll back and delete stacks in a local cloud
	@exec $(BIN)/python -m lab.rehearsal.deploy --port $(PORT) --cloud-port $(CLOUD_PORT)

.PHONY: lines
lines: $(VENV)/tools/.ready  ## count lines of code by part, files by folder: REVISION=HEAD
	@$(BIN)/python -m lab.lines $(if $(REVISION),--revision '$(REVISION)')
