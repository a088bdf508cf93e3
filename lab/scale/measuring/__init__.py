"""Measures the deployed packages in local sandboxes: durations.json and calls.json."""
