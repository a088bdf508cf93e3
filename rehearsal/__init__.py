"""Deployment and permissions, rehearsed on a cloud on this machine."""

import local  # noqa: F401 # first of all: from here on Ctrl-C ends in one line
