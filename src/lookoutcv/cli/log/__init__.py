"""The verbs of `lookout log`."""
