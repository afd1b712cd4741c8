"""Records of images measured before, found by their content. Start with `record_cache`."""
