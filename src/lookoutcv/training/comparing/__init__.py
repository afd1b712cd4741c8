"""Which of several models is the best, and whether by more than chance.

`score` says how good one is, `paired_models` how two differ on the same images, `best_model` which to take and why.
"""
