"""What a drift report says of the images and the predictions. Start with `metric_drift`."""
