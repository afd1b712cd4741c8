"""How each format of images is read and checked. `decode` above it chooses among them."""
