"""The Docker-free local stack: `make start`."""
