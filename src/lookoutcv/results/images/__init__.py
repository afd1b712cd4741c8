"""Single images that a result names: examples, copies, and those that could not be read."""
