"""The command line: a verb parses, calls one function of the API, and shows the result.

Start with `app`; how a verb gets its parameters is in `parameters`, and what of them settings give in `configured`.
"""
