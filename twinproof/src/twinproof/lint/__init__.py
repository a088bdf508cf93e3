"""Checks of the contract folder's own files."""
