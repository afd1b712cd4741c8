"""Between the process that serves and the table: segments on the local disk, committed later, each exactly once.

Start with `segments`, then `commit`; `committer` is the thread that does it.
"""
