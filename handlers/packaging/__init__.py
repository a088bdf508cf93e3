"""How `sam build` makes the deployment packages; used by each handlers/*/Makefile."""
