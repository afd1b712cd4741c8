"""How notebooks show results. `base.py` says what a display is; every other file is of one class of results."""
