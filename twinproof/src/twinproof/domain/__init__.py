"""What is asked of a service: its kinds of values, its names, its records."""
