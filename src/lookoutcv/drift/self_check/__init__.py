"""A baseline checked against itself."""
