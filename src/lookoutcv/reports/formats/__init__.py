"""Report formats: one file each. `base` says what a format is and holds the registry."""
