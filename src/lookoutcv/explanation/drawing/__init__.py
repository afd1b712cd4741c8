"""A map over its image as people see it: coloured, with a scale, the class and the score; several on one sheet."""
