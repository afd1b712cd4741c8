"""Formats of model files. `base.py` says what one is; every other file is one format."""
