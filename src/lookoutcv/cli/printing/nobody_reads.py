"""Output that nobody reads: what a verb found is told by its exit code all the same."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer


@contextmanager
def ending_with(code: int) -> Iterator[None]:
    """Print a verb's answer, then end with its code; also where the reader went away in the middle (`... | head -1`).

    Args:
        code: 0 where nothing is to be told.
    Raises:
        typer.Exit: With the code, unless it is 0.
    """
    try:
        yield
    except BrokenPipeError:
        if not code:
            raise
    if code:
        raise typer.Exit(code)


def let_standard_error_go_unread() -> None:
    """Make standard error of this process swallow what cannot be written there: no work is given up for a remark."""
    if sys.stderr is None or sys.stderr.isatty():
        return
    sys.stderr = io.TextIOWrapper(
        io.BufferedWriter(_Unread(sys.stderr.fileno(), "wb", closefd=False)),
        encoding=sys.stderr.encoding,
        errors=sys.stderr.errors,
        line_buffering=True,
    )


class _Unread(io.FileIO):
    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except OSError:  # a closed pipe, a full device: there is nowhere to say so
            return len(data)
