"""Checks of one exchange against the contract."""
