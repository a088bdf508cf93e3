"""Values that know nothing of a contract: ids, patterns."""
