"""The time a run has: how it is shared, what its end takes, and for which networks there is none."""
