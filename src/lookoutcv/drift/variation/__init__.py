"""Ordinary variation: how much the batches of a baseline differ, and images that depend on those before them.

Start with `batch_test`; `autocorrelation` finds the dependence, and `blocks` gives batches to a baseline without any.
"""
