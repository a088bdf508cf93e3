"""Rehearses deployments in a cloud on this machine."""
