"""Which images are of one origin: those that look alike, and those whose names say so."""
