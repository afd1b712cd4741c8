"""What every section and format stands on. Open `document` first: a report as plain parts, whatever it is a report of.

Its parts are `content_blocks`, of text and figures, `tables`, and `drawings`; `numbers`, `date_words` and
`display_text` write what stands in them.
"""
