"""Inside the process that serves: a call becomes a row, in microseconds for the caller, and a thread does the rest.

Start with `loggers`, which is what people call; `worker` is where it goes on.
"""
