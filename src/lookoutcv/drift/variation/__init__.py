"""Ordinary variation: the batches of a baseline, and images that depend on their neighbours.

Start with `batch_test`.
"""
