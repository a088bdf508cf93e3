"""API Gateway on this machine: requests in, a function's answers out."""
