"""Kinds of sources: one file each. `base` says what a source is and holds the registry."""
