"""Fills durations.json and calls.json: the deployed packages in local sandboxes."""
