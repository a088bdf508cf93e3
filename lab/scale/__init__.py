"""What the service costs on AWS, and where it stops scaling: a model and simulations.

`python -m lab.scale` writes the tables and plots of docs/scale.md from data: list
prices (prices/), AWS's published limits, what is assumed, and what was measured on this
machine (durations.json, calls.json; `python -m lab.scale.measuring`).
"""
