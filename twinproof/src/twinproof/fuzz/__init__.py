"""Differential fuzzing: sends sequences drawn from the contract to two targets."""
