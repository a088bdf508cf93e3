"""What both functions share; it contains nothing about users or assets."""
