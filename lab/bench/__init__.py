"""Measures what a request costs, and compares it with what others would pick."""
