"""The command line: a verb parses, calls one function of the API, and shows the result."""
