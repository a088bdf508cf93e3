"""Proves by removal that every right of the functions' roles is needed."""
