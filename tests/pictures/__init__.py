"""The pictures of README.md: what they show, and how they are made."""
