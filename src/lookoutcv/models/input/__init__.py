"""From an image to the tensor that a model takes. Start with `preprocessing`."""
