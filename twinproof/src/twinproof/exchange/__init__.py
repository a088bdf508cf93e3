"""One request and its response, and how they are sent."""
