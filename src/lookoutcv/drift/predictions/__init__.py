"""Predictions of a window against those of the baseline. Start with `compare_predictions`."""
