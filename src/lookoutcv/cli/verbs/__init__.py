"""One verb a file, but for those of the log and of models. Start with `monitor`, which most others are like."""
