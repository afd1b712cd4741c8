"""The table of the log: its columns, how it is opened, narrowed to rows, changed beside writers, and what it holds.

Start with `log_table`; `log_filter` says which rows, `schema` which columns.
"""
