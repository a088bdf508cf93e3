"""Values of any contract: ids and integers."""
