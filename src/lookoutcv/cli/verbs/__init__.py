"""One verb a file, but for those of `lookout log`. Start with `monitor`, which most others are like."""
