"""Deployment and permissions, rehearsed on a cloud on this machine."""
