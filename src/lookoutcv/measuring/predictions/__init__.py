"""Who predicts for every image that is measured: a model that is run, or predictions made elsewhere.

Start with `prediction_source`.
"""
