"""The Delta table of a log, opened: with patience that ends, and never in a process forked from one that used it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lookoutcv.errors import NotOurFile, UnreadableSource
from lookoutcv.extras import need
from lookoutcv.files import is_url, shown
from lookoutcv.files.stderr_filter import stderr_lines
from lookoutcv.log.table.schema import PARTITIONS
from lookoutcv.secrets import hide_options, hide_secrets_of

# A store that hangs must not hold the commit for the three minutes that object stores are given by default.
PATIENCE = {"connect_timeout": "5s", "timeout": "30s", "max_retries": "3", "retry_timeout": "20s"}

# Delta Lake's runtime does not survive a fork: a child whose parent used it works through a process of its own. Which
# process used it first, as far as is known here; somebody else may have.
_used_by: int | None = None
# In a forked process: whether the runtime works here, once it was tried.
_forked = False
_works: bool | None = None
# What the runtime's panic writes to standard error by itself; it is caught, and there is another way.
PANIC = re.compile(
    rb"panicked at|Forked process detected|^stack backtrace:|RUST_BACKTRACE|^note: |^ +\d+: |^ +at |^\n$"
    # What Rust's own checks say.
    rb"|^assertion |^ +left: |^ +right: |^called `(Result|Option)::|^index out of bounds|^range (start|end) index"
    rb"|out of range for slice|^attempt to |^internal error: |^capacity overflow|^not implemented|^explicit panic"
)


def may_use_delta() -> bool:
    """Whether this process may use Delta Lake: it was not forked from one that did."""
    if _used_by == os.getpid():
        return True
    return _used_by is None and (not _forked or _works_here())


def _works_here() -> bool:
    """Whether the runtime works in this forked process: its parent may have used it without our knowing."""
    global _works  # noqa: PLW0603 - one fact about this process
    if _works is None:
        deltalake = need("deltalake", "log")
        try:
            with stderr_lines(PANIC, of_threads=True):
                deltalake.DeltaTable.is_deltatable(os.devnull)
        except BaseException:  # a panic of the runtime is no Exception
            _works = False
        else:
            _works = True
    return _works


def _in_child() -> None:
    global _forked, _works
    _forked, _works = True, None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)


def open_delta(directory: str, storage_options: Mapping[str, str]) -> Any:
    """The Delta table of a log; None where there is none yet.

    Raises:
        MissingExtra: deltalake is not installed.
        NotOurFile: A Delta table of another kind.
        UnreadableSource: This process was forked from one that used Delta Lake.
        Exception: Whatever the store raises.
    """
    global _used_by  # noqa: PLW0603 - one fact about this process
    deltalake = need("deltalake", "log")
    hide_secrets_of(directory)
    hide_options(storage_options)
    if not may_use_delta():
        raise UnreadableSource(
            "Delta Lake cannot be used in a process that was forked from one that used it",
            'Start processes afresh: multiprocessing.get_context("spawn").',
            source=directory,
            reason="forked",
        )
    _used_by = os.getpid()
    if not is_url(directory) and not Path(directory, "_delta_log").is_dir():
        return None
    try:
        table = deltalake.DeltaTable(directory, storage_options=options_for(directory, storage_options))
    except deltalake.exceptions.TableNotFoundError:
        return None
    if list(table.metadata().partition_columns) != PARTITIONS:
        raise NotOurFile(
            f"the Delta table at {shown(directory) if is_url(directory) else directory} is no prediction log",
            "Give another directory to the logger.",
            path=directory,
        )
    return table


def options_for(directory: str, storage_options: Mapping[str, str]) -> dict[str, str] | None:
    """Storage options with patience that ends; None for a local table."""
    return {**PATIENCE, **storage_options} if is_url(directory) else None
