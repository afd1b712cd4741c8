"""One row for one image: which image, its quality metrics, later what the model said and what was true."""
