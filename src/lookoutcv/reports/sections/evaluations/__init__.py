"""What is said of an evaluation: of a classifier, and of a detector."""
