"""Results as text in a terminal, or as JSON: a file for each kind of result. Start with `report`; all use `tables`."""
