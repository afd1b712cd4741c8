"""A model asked about images, without measuring them."""
