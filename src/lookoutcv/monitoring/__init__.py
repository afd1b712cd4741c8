"""A window of images, or records, against a baseline."""
