##@ Ship: the service on AWS, for ENV=default IMPLEMENTATION=python

CONFIG = $(ENV)$(if $(filter-out python,$(IMPLEMENTATION)),-$(IMPLEMENTATION))
# SAM CLI keeps its state in .local/sam. A recent lastVersionCheck stops it from asking
# for a newer version.
SAM = SAM_CLI_TELEMETRY=0 __SAM_CLI_APP_DIR=$(CURDIR)/.local/sam $(VENV)/sam/bin/sam
SAM_STATE = mkdir -p .local/sam; echo "{\"telemetryEnabled\": false, \"lastVersionCheck\": $$(date +%s)}" > .local/sam/metadata.json
# --parameter-overrides replaces all parameters of samconfig.toml, so both are merged.
OVERRIDES = $(BIN)/python -m local.commands.overrides $(CONFIG) $(if $(RUNTIME_TRACK),RuntimeTrack=$(RUNTIME_TRACK))

.PHONY: validate
validate: $(VENV)/sam/.ready  ## check the template: sam validate --lint
	@$(SAM_STATE); $(SAM) validate --lint

.PHONY: build
build: $(VENV)/tools/.ready $(VENV)/sam/.ready  ## build the packages: sam build; RUNTIME_TRACK=...
	@$(SAM_STATE); overrides="$$($(OVERRIDES))"; $(SAM) build --config-env $(CONFIG) --parameter-overrides $$overrides

.PHONY: deploy
deploy: $(VENV)/tools/.ready $(VENV)/sam/.ready  ## deploy the build if it matches: sam deploy; DEPLOY_ID=...
	@$(SAM_STATE); overrides="$$($(OVERRIDES))"; \
	  parameters="$$($(BIN)/python -m local.commands.guard $(if $(DEPLOY_ID),--deploy-id '$(DEPLOY_ID)') $(CONFIG) $$overrides)"; \
	  $(SAM) deploy --config-env $(CONFIG) --parameter-overrides $$parameters
