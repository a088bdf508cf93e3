"""What a run shows: on the console and in files."""
