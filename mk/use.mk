##@ Use: the service on this machine, at PORT=3000 (and 3001) and CLOUD_PORT=4566

ORIGINS = $(if $(CORS_ORIGINS),--cors-origins '$(CORS_ORIGINS)')

.PHONY: start
start: setup  ## run the service: CORS_ORIGINS=... KEEP=1 DEBUG=python:UsersFunction
	@exec $(BIN)/python -m local.commands.start --port $(PORT) --cloud-port $(CLOUD_PORT) $(if $(filter-out 0,$(KEEP)),--keep) $(ORIGINS) $(if $(DEBUG),--debug '$(DEBUG)')

.PHONY: gaps
gaps: $(VENV)/tools/.ready  ## list what `make start` left out of the template or applied afterwards
	@$(BIN)/python -m local.commands.gaps --cloud-port $(CLOUD_PORT)

.PHONY: sam-local
sam-local: setup  ## run sam local start-api, with data (Docker): IMPLEMENTATION=python
	@$(BIN)/python -m local.commands.sam_local serve --implementation $(IMPLEMENTATION) --port $(PORT) --cloud-port $(CLOUD_PORT) $(ORIGINS)

.PHONY: sam-data
sam-data: setup  ## run tables and bucket for your own sam local commands (Docker)
	@$(BIN)/python -m local.commands.sam_local data --cloud-port $(CLOUD_PORT) $(ORIGINS)
