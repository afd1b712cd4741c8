"""The prediction log: what a model saw and said, from the serving process, in one Delta table, with nothing lost.

A call goes from `writing` (logger, queue, worker) to `buffer` (segments on the local disk, commits) to `table`;
`reading` and `upkeep` work on the table, on rows chosen by one `LogFilter`. Open `writing/loggers.py` first for the way
in, `table/log_table.py` for the way out; `lookoutcv/prediction_log.py`, above, is what people hold.
"""
