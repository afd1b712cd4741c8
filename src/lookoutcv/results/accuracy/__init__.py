"""How good a model is: estimated without labels, or counted with them. Start with `model_accuracy`."""
