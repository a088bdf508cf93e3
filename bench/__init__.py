"""Measurements: what a request costs, beside what others would pick instead."""

import local  # noqa: F401 # first of all: from here on Ctrl-C ends in one line
