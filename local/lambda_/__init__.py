"""Lambda on this machine: sandboxes, and the APIs around them."""
