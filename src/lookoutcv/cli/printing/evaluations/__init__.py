"""What verbs print of evaluations: of a classifier, of a detector, of a gate."""
