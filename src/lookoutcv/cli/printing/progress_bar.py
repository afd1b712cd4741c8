"""A progress bar on standard error, with rate and time left; nothing where nobody looks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Bar:
    """Moves a bar; `begin_stage` gives it another name and starts it again."""

    def __init__(self, progress: Progress, task: str) -> None:
        self._progress = progress
        self._task: TaskID = progress.add_task(task, total=None)

    def __call__(self, done: int, total: int | None) -> None:
        """So many of so many."""
        self._progress.update(self._task, completed=done, total=total)

    def begin_stage(self, stage: str) -> None:
        """Something else is counted from now on."""
        self._progress.remove_task(self._task)
        self._task = self._progress.add_task(stage, total=None)


@contextmanager
def progress_bar(task: str) -> Iterator[Bar | None]:
    """A bar for the duration of a block.

    Args:
        task: "Measuring validation".
    Returns:
        What moves it, as a function of (done, total); None where standard error is not a terminal.
    """
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
    from rich.text import Text

    from lookoutcv.secrets import masked

    class Rate(TextColumn):
        """Images a second."""

        def render(self, task: object) -> Text:
            speed = getattr(task, "finished_speed", None) or getattr(task, "speed", None)
            return Text(f"{speed:,.0f} images/s" if speed else "", style="dim")

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(""), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield Bar(bar, masked(task))
