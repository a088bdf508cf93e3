"""The emulator of AWS as this project runs it; imported in its own environment only."""
