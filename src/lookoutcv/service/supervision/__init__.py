"""Processes that share one listening socket, and the one that starts, replaces, reloads and stops them."""
