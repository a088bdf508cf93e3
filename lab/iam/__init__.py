"""Proves that the functions' roles need every right they have, by removing each."""
