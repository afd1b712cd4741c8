"""One row for one image: which image, its metrics, what the model predicted and what was true.

Start with `schema`, the columns; `codec` reads and writes files of them. What crosses rooms is here too: whose the
predictions are (`model_identity`), and what else is measured (`measurer`).
"""
