"""Films: when their frames are shown, the pixels of each, and what their containers and codecs say besides."""
