"""What is computed from an image's pixels once and shared by the metrics. Start with `view`."""
