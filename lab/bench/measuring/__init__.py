"""Measures processes: their CPU time, memory, modules and instructions."""
