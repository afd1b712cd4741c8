"""What a model looked at in images of any source, and what becomes of it: arrays, a picture, a sheet."""
