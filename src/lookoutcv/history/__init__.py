"""What a service did, in SQL: its reports, jobs and events, and numbers over time with their sums by hour and day.

Open `open_history.py` first for the way in and `history.py` for what people hold; `history_database.py` is transactions
and errors, `migrations` how tables came to be as `history_tables.py` says.
"""
