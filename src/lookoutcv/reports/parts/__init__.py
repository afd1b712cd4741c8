"""What every section and format stands on: the parts of a document, numbers and text for people."""
