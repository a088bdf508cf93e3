"""What the tool must know of a service: its kinds, its names, its records."""
