"""Changes of the table beside running writers: tried again where another commit came first."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any, TypeVar

from lookoutcv.errors import UnreadableSource
from lookoutcv.extras import need
from lookoutcv.log.table.damaged_rows import reading_rows
from lookoutcv.log.table.log_table import LogTable

_Done = TypeVar("_Done")

# Writers commit twice a minute; with a hundred of them a change that takes a second meets one in most tries.
_MOST_TRIES = 40
_LONGEST_PAUSE_SECONDS = 2.0


def retried(table: LogTable, change: Callable[[Any], _Done]) -> _Done:
    """Make a change of the table, again and again until no other commit came between.

    Delta Lake commits either all of a change or nothing, so that trying again is safe.

    Args:
        table: The log; afterwards it is as it is now.
        change: Of the `deltalake.DeltaTable`.
    Raises:
        UnreadableSource: Others were faster each time; or what is to be changed cannot be read.
    """
    failed = need("deltalake", "log").exceptions.CommitFailedError
    for attempt in range(_MOST_TRIES):
        with reading_rows(table.directory):
            table.delta.update_incremental()
            try:
                done = change(table.delta)
            except failed as reason:
                last = reason
            else:
                table.delta.update_incremental()
                return done
        time.sleep(random.uniform(0, min(0.05 * 2**attempt, _LONGEST_PAUSE_SECONDS)))
    why = str(last).partition("\n")[0][:200]
    raise UnreadableSource(
        f"other commits came first {_MOST_TRIES} times: {why}",
        "Nothing was changed by the last try; run it again when fewer writers commit.",
        source=table.directory,
        reason=why,
    ) from last


def quoted(text: str) -> str:
    """A text as SQL has it: nothing in it ends it.

    Example:
        >>> quoted("o'clock")
        "'o''clock'"
    """
    return "'" + text.replace("'", "''") + "'"
