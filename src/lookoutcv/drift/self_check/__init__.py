"""A baseline checked against itself, in figures: start with `figures`; `composition` is what it is made of."""
