"""How good the model still is: estimated where there are no labels, counted where there are. Start with `estimate`."""
