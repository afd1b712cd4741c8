"""Reports: from a result to a page, a text or a file.

Open `views` first: it turns a result into a `Document` of plain `parts`, section by section (`sections`). A format
(`formats`, one plugin a file) draws any document; `charts` are drawn for several of them. `rendering` chooses the
format and writes the file. A new section is a function in `sections` and a line in `views`; a new format is one file.
Nothing is imported here: the command line reads what reports may be told before it draws any.
"""
