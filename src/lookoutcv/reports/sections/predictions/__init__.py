"""What a model predicted, as sections. Open `model_predictions` first: it puts accuracy and changes together."""
