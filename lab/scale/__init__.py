"""A model of what the service costs on AWS and where it stops scaling.

`python -m lab.scale` writes the tables and plots of docs/scale.md from data: list
prices (prices/), AWS's published limits (limits.json), assumptions (assumptions.json)
and measurements (durations.json, calls.json; `python -m lab.scale.measuring`).
"""
