"""The local Lambda service: the sandboxes of functions, and the APIs that use them."""
