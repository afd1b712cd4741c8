"""Results as text in a terminal, or as JSON."""
