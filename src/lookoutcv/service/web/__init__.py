"""HTTP itself: bodies, errors, limits."""
