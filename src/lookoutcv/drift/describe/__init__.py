"""What a report shows beside the decision: rows, distributions, examples, groups, since when."""
