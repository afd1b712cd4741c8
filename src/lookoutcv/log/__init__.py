"""The prediction log: what a model saw and said, from the serving process, in one Delta table, with nothing lost."""
