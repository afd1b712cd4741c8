"""Reports: from a result to a page, a text or a file. Start with `rendering`.

A view (`views`) turns a result into a `Document`; a format (`formats`) draws it. A new format is one new file there.
Nothing is imported here: the command line reads what reports may be told before it draws any.
"""
