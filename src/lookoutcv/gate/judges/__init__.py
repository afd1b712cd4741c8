"""What else an image must be to be fit, beside sharp: a plugin room."""
