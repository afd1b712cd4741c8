"""Making a gate: samples of sharp and blurred images, fitting on them or on the user's own, and how good it is.

Start with `fit_gate`. Gates themselves are the room `gate`.
"""
