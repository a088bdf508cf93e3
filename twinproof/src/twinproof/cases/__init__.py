"""Cases and journeys as data: their expressions, matchers and requests."""
