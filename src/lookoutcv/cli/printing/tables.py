"""A table, a document of JSON, and a list of skipped images on a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from lookoutcv.results.images.skipped import Skipped


# Titles of columns that hold words.
_WORDS = (
    *("metric", "unit", "class", "taken for", "confidence", "worst images", "input"),
    *("run", "data", "best", "what differs"),
)


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False, default=str))


def print_skipped(skipped: Sequence[Skipped], count: int) -> None:
    """Images that could not be read, the first ten with the reason."""
    if not count:
        return
    typer.echo(f"{count:,} {'image was' if count == 1 else 'images were'} skipped:")
    for image in skipped[:10]:
        typer.echo(f"  {plain(image.id)}: {plain(image.reason)}")
    if count > 10:
        typer.echo(f"  and {count - 10:,} more")


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns under titles: words to the left, numbers to the right."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for position, title in enumerate(header):
        table.add_column(title, justify="left" if title in _WORDS else "right", no_wrap=position < 2)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    width = None if sys.stdout.isatty() else 120
    Console(width=width, highlight=False).print(table)


def plain(text: str) -> str:
    """Names come from untrusted files: control characters must not reach the terminal."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)
