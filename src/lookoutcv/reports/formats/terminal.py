"""Text for a terminal: coloured where it is one, plain everywhere else."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Literal

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from lookoutcv.reports.formats.base import RenderOptions, document_format
from lookoutcv.reports.parts.content_blocks import Changes, Facts, Gallery, Items, KeyFigures, Note, Paragraph, Summary
from lookoutcv.reports.parts.display_text import shortened, visible
from lookoutcv.reports.parts.document import Block, Document
from lookoutcv.reports.parts.drawings import Charts, Curves, Matrix, Timeline, Trends
from lookoutcv.reports.parts.tables import Cell, Names, Share, Table
from lookoutcv.reports.views.every_result import brief_of
from lookoutcv.results.severity import Severity

_STYLES = {
    Severity.NONE: "green",
    Severity.LOW: "yellow",
    Severity.MEDIUM: "dark_orange",
    Severity.HIGH: "red",
    Severity.INSUFFICIENT: "bright_black",
}
_SIGNS = {Severity.NONE: "✓", Severity.LOW: "▲", Severity.MEDIUM: "◆", Severity.HIGH: "■", Severity.INSUFFICIENT: "?"}
_PLAIN = str.maketrans("✓▲◆■→−–…•†²³", "+^*#>--~*+23")
_NARROW = 72
# Of what stands in a section, and between two columns.
_INDENT, _GAP = 2, 2


# The verdict or the title, what is drawn, and of what it is drawn.
_MARK = r"\A\S[^\n]*\n(?:[^\n]*\n)?  (?:Windows?|Model|Run):.{0,20000}?\n  (?:Baselines?|Log|Images|Data):"


@document_format("terminal", suffixes=(".txt",), media_type="text/plain", mark=_MARK, view=brief_of)
def terminal(document: Document, options: RenderOptions) -> bytes:
    """The answer and the largest changes, as wide as the terminal.

    Args:
        document: What to draw; charts and pictures are left out.
        options: Its `width` in columns, None for the terminal's, or 100 where standard output is none. Its `colour`:
            escape sequences for colours; None where standard output is a terminal and NO_COLOR is not set.
    Returns:
        Lines that end in a line feed; only characters that standard output can encode, where it is a terminal.
    """
    is_terminal = sys.stdout.isatty()
    coloured = is_terminal and "NO_COLOR" not in os.environ if options.colour is None else options.colour
    lines = io.StringIO()
    console = Console(
        file=lines,
        width=options.width or (None if is_terminal else 100),
        force_terminal=coloured,
        color_system="256" if coloured else None,
        highlight=False,
        legacy_windows=False,
    )
    for part in _parts(document, console.width):
        console.print(part)
    text = "".join(f"{line.rstrip()}\n" for line in lines.getvalue().splitlines())
    return (_encodable(text, sys.stdout.encoding) if is_terminal else text).encode()


def _encodable(text: str, encoding: str | None) -> str:
    """The text in characters that `encoding` has."""
    try:
        text.encode(encoding or "utf-8")
    except UnicodeEncodeError:
        return text.translate(_PLAIN).encode(encoding or "utf-8", "replace").decode(encoding or "utf-8")
    return text


def _parts(document: Document, width: int) -> Iterable[RenderableType]:
    verdict = document.verdict
    if verdict is None:
        yield Text(visible(document.title), style="bold")
    else:
        sign, style = ("", "") if verdict.level is None else (f"{_SIGNS[verdict.level]} ", _STYLES[verdict.level])
        yield Text(f"{sign}{visible(verdict.headline)}", style=f"bold {style}".rstrip())
    for label, name in document.subject:
        yield Text(f"  {label}: ", style="dim") + Text(shortened(visible(name), max(20, width - 14)), style="not dim")
    if verdict is not None:
        yield Text()
        yield _plain(verdict.text)
    for section in document.sections:
        drawn = [part for part in (_part(block, width) for block in section.blocks) if part is not None]
        if drawn:
            yield Text()
            yield Text(visible(section.heading), style="bold")
            yield Padding(Group(*drawn), (0, 0, 0, 2))


def _part(block: Block, width: int) -> RenderableType | None:
    match block:
        case Paragraph(text) | Note(text):
            return _plain(text)
        case Items() | Summary() | Facts() | Timeline():
            return _aligned(_pairs(block))
        case KeyFigures():
            return _figures(block, width)
        case Changes():
            return _changes(block, width)
        case Table():
            return _table(block, width)
        case Charts() | Gallery() | Trends() | Curves() | Matrix():
            return None


def _pairs(block: Items | Summary | Facts | Timeline) -> Iterator[tuple[str | Text, Text]]:
    """Parts that are a list, as a narrow column and a wide one."""
    match block:
        case Items(items):
            yield from (("•", _plain(item)) for item in items)
        case Summary(items):
            yield from ((_dim(item.question), _plain(f"{item.answer} {item.text}".rstrip())) for item in items)
        case Facts(facts):
            yield from ((_dim(label), _plain(value)) for label, value in facts)
        case Timeline(_, periods):
            yield from ((_dim(period.name), _plain(period.text)) for period in periods)


def _figures(block: KeyFigures, width: int) -> RenderableType:
    """Labels and values, in two pairs of columns where there is room."""
    pairs = [(_dim(figure.label), _plain(figure.value)) for figure in block.items]
    if width < _NARROW:
        return _aligned(pairs)
    half = (len(pairs) + 1) // 2
    grid = Grid.grid(padding=(0, 2))
    for left, right in zip_longest(pairs[:half], pairs[half:], fillvalue=(Text(), Text())):
        grid.add_row(*left, *right)
    return grid


def _changes(block: Changes, width: int) -> RenderableType:
    grid = Grid.grid(padding=(0, 2))
    for justify in ("left", "left", "right", "left"):
        grid.add_column(justify=justify, overflow="fold")
    for item in block.items:
        also = f"also: {', '.join(item.also)}" if item.also else ""
        words = _plain(item.text)
        for remark in filter(None, (item.remark, also)):
            words.append(f"\n{visible(remark)}", style="dim")
        values = f"{item.before} → {item.after}"
        if width < _NARROW:
            words.append(f"\n{visible(values)}")
            values = ""
        grade = Text(f"{_SIGNS[item.level]} {item.level}", style=_STYLES[item.level], no_wrap=True)
        grid.add_row(words, _plain(values), Text(item.effect_text, no_wrap=True), grade)
    return grid


def _table(block: Table, width: int) -> RenderableType:
    grid = Grid(title=_plain(block.caption), title_justify="left", box=None, pad_edge=False, header_style="dim")
    for column, wide in zip(block.columns, _widths(block, width - _INDENT), strict=True):
        justify: Literal["left", "right"] = "right" if column.numeric else "left"
        grid.add_column(_plain(column.heading), justify=justify, overflow="fold", width=wide)
    for row in block.rows:
        grid.add_row(*(_plain(_cell(cell)) for cell in row))
    return Group(grid, _dim(block.note)) if block.note else grid


def _widths(block: Table, width: int) -> list[int | None]:
    """Of each column: none narrower than its longest word, and no number in two pieces, while there is room for that.

    None leaves it to the grid, where there is room for all, or for too little.
    """
    columns = [
        [column.heading, *(_cell(row[place]) for row in block.rows)] for place, column in enumerate(block.columns)
    ]
    free = width - _GAP * (len(columns) - 1)
    ideal = [max(map(cell_len, texts)) for texts in columns]
    words = [max(cell_len(word) for text in texts for word in text.split() or [""]) for texts in columns]
    whole = [
        max(least, *map(cell_len, texts[1:])) if column.numeric and len(texts) > 1 else least
        for texts, least, column in zip(columns, words, block.columns, strict=True)
    ]
    least = next((one for one in (whole, words) if sum(one) <= free), None)
    if least is None or sum(ideal) <= free:
        return [None] * len(columns)
    wanted = [much - little for much, little in zip(ideal, least, strict=True)]
    return [little + (free - sum(least)) * more // sum(wanted) for little, more in zip(least, wanted, strict=True)]


def _cell(cell: Cell) -> str:
    if isinstance(cell, str):
        # A sentence wraps; only a name without end must be cut.
        return shortened(cell, 200 if " " in cell else 72)
    if isinstance(cell, Names):
        more = [f"{cell.more:,} more"] if cell.more else []
        return ", ".join([*map(shortened, cell.names), *more])
    return cell.text if isinstance(cell, Share) or hasattr(cell, "text") else cell.level


def _aligned(rows: Iterable[tuple[str | Text, Text]]) -> RenderableType:
    grid = Grid.grid(padding=(0, 2))
    grid.add_column()
    grid.add_column(overflow="fold")
    for label, value in rows:
        grid.add_row(label, value)
    return grid


def _plain(text: str) -> Text:
    """Text in which nothing is markup and nothing moves the cursor."""
    return Text(visible(text))


def _dim(text: str) -> Text:
    return Text(visible(text), style="dim")
