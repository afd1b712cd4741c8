"""What goes wrong with images in production, on purpose and at five severities. Arrays in, arrays out."""
