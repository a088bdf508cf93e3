"""Targets: how they are described, prepared and called."""
