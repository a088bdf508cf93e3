"""What the service costs on AWS, and where it stops scaling: a model and simulations.

`python -m bench.scale` writes the tables and plots of docs/scale.md from data: list
prices (bench/prices/), AWS's published limits, what is assumed, and what was measured
on this machine (durations.json, calls.json; `python -m bench.scale.measuring`).
"""
