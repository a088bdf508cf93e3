"""Writes the tables and plots of docs/scale.md from the model."""
