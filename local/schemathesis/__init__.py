"""`make schemathesis`: runs Schemathesis and explains findings that are rules."""
