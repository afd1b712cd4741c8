"""Networks that score sharpness: what they see of an image, how they learn, and how they run without torch."""
