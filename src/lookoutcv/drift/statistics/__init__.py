"""The numbers: ranks, tests, effects, and one p-value from many. Pure functions of arrays and counts.

Start with `two_sample`; `columns` says what all of them are computed from.
"""
