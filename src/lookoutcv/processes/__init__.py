"""Child processes that are bounded in time and in what they say: for what must not run in the process that serves."""
