"""The log kept small and complete: rows removed, files compacted, people erased, labels and older logs brought in.

Start with `retain`. Each change is safe beside running writers: see `table/transactions.py`.
"""
