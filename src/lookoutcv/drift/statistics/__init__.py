"""The numbers: ranks, tests, effects, and one p-value from many. Start with `two_sample`."""
