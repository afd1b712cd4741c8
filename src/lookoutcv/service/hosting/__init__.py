"""Models that are ready to answer, and what becomes of an image that one is asked about."""
