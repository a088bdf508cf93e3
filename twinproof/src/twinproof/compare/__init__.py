"""Comparison of the exchanges of two targets."""
