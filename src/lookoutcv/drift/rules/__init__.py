"""From numbers to a decision: the policy, which test a window gets, the verdict, its severity, its notes in figures.

Start with `select_test`, which says what is tested and how, then `verdict`.
"""
