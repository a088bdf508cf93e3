"""The stores behind a target."""
