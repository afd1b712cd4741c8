"""The verbs of `lookout log`, one to one the methods of `lookoutcv.PredictionLog`. Start with `read`."""
