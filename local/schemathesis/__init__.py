"""`make schemathesis`: what it runs, and which of its findings are rules."""
