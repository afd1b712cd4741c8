"""Kinds of sources: one file each. `base.py` says what a source is and holds the registry."""
