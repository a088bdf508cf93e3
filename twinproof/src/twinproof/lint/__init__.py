"""Checks of the files of a contract folder."""
