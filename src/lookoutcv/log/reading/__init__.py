"""Reading the log: rows, SQL over it, its last rows and those that come, an overview, and values over time.

Start with `read`. Each function takes an open table and a `LogFilter`.
"""
