"""Runs cases and journeys on targets."""
