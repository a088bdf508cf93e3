"""The local API Gateway: it passes requests to functions and returns responses."""
