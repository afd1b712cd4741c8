"""The sections of a drift report, each a function from a report to parts of a document."""
