"""How sharpness is scored: a plugin room."""
