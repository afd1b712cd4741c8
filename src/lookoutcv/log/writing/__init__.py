"""Inside the process that serves: a call becomes a row. `loggers` is what people call; `worker` is where it goes on."""
