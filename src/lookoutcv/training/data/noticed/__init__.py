"""What is noticed in labelled images, and what is said of it."""
