"""Differential fuzzing: sequences drawn from the contract, sent to two targets."""
