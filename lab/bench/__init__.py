"""Measurements: what a request costs, beside what others would pick instead."""
