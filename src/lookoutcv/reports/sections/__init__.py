"""The sections of a drift report, each a function from a report to parts of a document. Open `four_questions` first.

`views` says in which order they stand: the answer (`headline`, `four_questions`, `key_figures`), then the evidence,
then how it was decided.
"""
