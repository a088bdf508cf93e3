"""Targets, and what makes them ready for a run."""
