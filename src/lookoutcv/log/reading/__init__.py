"""Reading the log: rows, SQL over it, its last rows, an overview, and values over time. Start with `read`."""
