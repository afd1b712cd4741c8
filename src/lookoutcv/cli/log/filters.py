"""Which rows of which log: what the verbs of `lookout log` share, as a log and keywords of its methods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lookoutcv.errors import UsageError

if TYPE_CHECKING:
    from lookoutcv.log.log_settings import LogPlaceSettings
    from lookoutcv.prediction_log import PredictionLog

# What a filter's fields are called where a verb has another name for them: `--model` is the file of a model elsewhere,
# which has settings of its own, and a tag is given one by one.
_FIELDS = {"logged": "model", "tag": "tags"}


def opened(selection: LogPlaceSettings) -> tuple[PredictionLog, dict[str, Any]]:
    """The log of a command line, and the filters that were given, as keywords of its methods.

    Raises:
        UsageError: A tag without a value.
    Example:
        >>> from lookoutcv.log.log_settings import LogRowSettings
        >>> opened(LogRowSettings("logs", logged="cars", tag=["site=north"]))
        (PredictionLog('logs'), {'model': 'cars', 'tags': {'site': 'north'}})
    """
    import lookoutcv as lo

    values = {_FIELDS.get(name, name): value for name, value in vars(selection).items() if value is not None}
    directory = values.pop("directory")
    if "tags" in values:
        values["tags"] = _pairs(values["tags"])
    return lo.open_log(directory), values


def _pairs(words: Sequence[str]) -> dict[str, str]:
    pairs = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not name or not equals:
            raise UsageError(f"--tag {word} names no value", "Give it as --tag camera=north.", tag=word)
        pairs[name] = value
    return pairs
