"""Log lines on standard error: one line for people, or one JSON object for programs."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from lookoutcv.secrets import masked, masked_values

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
_PACKAGE = "lookoutcv"


class MaskedFormatter(logging.Formatter):
    """A line of a log, and the traceback below it, without secrets."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return masked(super().format(record))


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time (ISO 8601 UTC), level, logger, message, and the fields given as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        # Before it is JSON: a mask must not stand where a number stood.
        return json.dumps(masked_values(json.loads(json.dumps(line, default=str))))


@contextmanager
def left_as_found() -> Iterator[None]:
    """Whatever is set up meanwhile, the package's log is afterwards what it was: a program may run a command line."""
    logger = logging.getLogger(_PACKAGE)
    handlers, level, propagate = logger.handlers[:], logger.level, logger.propagate
    try:
        yield
    finally:
        logger.handlers[:], logger.propagate = handlers, propagate
        logger.setLevel(level)


def writes_json(logger: logging.Logger) -> bool:
    """Whether its lines are for programs."""
    return any(isinstance(handler.formatter, JsonFormatter) for handler in logger.handlers)


def set_up(level: str, form: str) -> None:
    """Send the package's log to standard error; other packages' loggers are left alone.

    Args:
        level: "debug", "info", "warning" or "error".
        form: "text" for people, "json" for programs.
    """
    handler = logging.StreamHandler(sys.stderr)
    text = MaskedFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s", "%H:%M:%S")
    handler.setFormatter(JsonFormatter() if form == "json" else text)
    if form != "json":
        # Notes of a result are printed with it.
        handler.addFilter(lambda record: not getattr(record, "in_result", False))
    logger = logging.getLogger(_PACKAGE)
    logger.handlers[:] = [handler]
    logger.setLevel(level.upper())
    logger.propagate = False
