"""One verb a file, but for those of `lookout log`."""
