"""What a report shows beside the decision, in figures: rows, distributions, examples, groups, the onset.

Start with `rows`; `strongest` says which of them are worth a sentence.
"""
