"""Markdown, for pull requests, wikis and chat: the dialect that GitHub and GitLab share.

Text from data is escaped, so that a file name makes no link, no heading and no HTML. Pictures are named, not shown:
the places that take Markdown do not take embedded images.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lookoutcv.reports.formats.base import RenderOptions, document_format
from lookoutcv.reports.parts.content_blocks import (
    Change,
    Changes,
    Facts,
    Gallery,
    Items,
    KeyFigures,
    Note,
    Paragraph,
    Summary,
)
from lookoutcv.reports.parts.display_text import shortened, visible
from lookoutcv.reports.parts.document import Block, Document, Section
from lookoutcv.reports.parts.drawings import Charts, Curves, Matrix, Timeline, Trends
from lookoutcv.reports.parts.tables import Cell, Grade, Link, Names, Table
from lookoutcv.results.severity import Severity

_SIGNS = {
    Severity.NONE: "✅",
    Severity.LOW: "🟡",
    Severity.MEDIUM: "🟠",
    Severity.HIGH: "🔴",
    Severity.INSUFFICIENT: "⚪",
}
_ACTIVE = re.compile(r"([\\`*_{}\[\]()<>#+!|~$@&^-])")
_MOST_COLUMNS = 12
_LEADING_NUMBER = re.compile(r"^(\d+)([.)])(?= |$)")


# What is drawn, and of what it is drawn.
_MARK = r"\A# [^\n]*\n\n- (?:Windows?|Model|Run):[^\n]*\n- (?:Baselines?|Log|Images|Data):"


@document_format("markdown", suffixes=(".md", ".markdown"), media_type="text/markdown", mark=_MARK)
def markdown(document: Document, options: RenderOptions) -> bytes:
    """The whole report for pull requests, wikis and chat; pictures are named, not shown.

    Args:
        document: What to draw.
        options: Not looked at.
    Returns:
        Lines that end in a line feed. No line holds HTML but the two tags that fold a section away.
    """
    verdict = document.verdict
    parts: list[str] = [f"# {safe(document.title)}"]
    parts.append("\n".join(f"- {safe(label)}: {safe(shortened(name, 200))}" for label, name in document.subject))
    if verdict is not None:
        sign = "" if verdict.level is None else f"{_SIGNS[verdict.level]} "
        parts += [f"**{sign}{safe(verdict.headline)}**", safe(verdict.text)]
    for section in document.sections:
        parts += _section(section)
    footer = " · ".join(f"{safe(label)}: {safe(value)}" for label, value in document.footer.items)
    parts += ["---", footer] if footer else []
    return ("\n\n".join(filter(None, parts)) + "\n").encode()


def safe(text: str) -> str:
    """Text in which nothing is markup, on one line.

    Example:
        >>> safe("a_b*[x](y)")
        'a_b\\\\*\\\\[x\\\\]\\\\(y\\\\)'
    """
    line = " ".join(visible(text).split())
    # Between letters and digits these two mean nothing, and escaped they would be hard to read.
    escaped = _ACTIVE.sub(lambda match: _escaped(match, line), line)
    return _LEADING_NUMBER.sub(r"\1\\\2", escaped)


def _escaped(match: re.Match[str], line: str) -> str:
    mark, before, after = match[0], line[: match.start()][-1:], line[match.end() : match.end() + 1]
    if mark in "-+" and (before or after.strip()) and line != "---":
        return mark
    if mark in "()" and "]" not in line:
        return mark
    if mark == "_" and before.isalnum() and after.isalnum():
        return mark
    return "\\" + mark


def _section(section: Section) -> Iterator[str]:
    drawn = [text for text in map(_block, section.blocks) if text]
    # Words about charts say nothing without them.
    charts = [isinstance(block, Charts | Trends | Curves) for block in section.blocks]
    words = [isinstance(block, Paragraph) for block in section.blocks]
    if not drawn or (any(charts) and all(map(any, zip(charts, words, strict=True)))):
        return
    if section.folded:
        yield f"<details><summary>{safe(section.heading)}</summary>"
    else:
        yield f"## {safe(section.heading)}"
    yield from drawn
    if section.folded:
        yield "</details>"


def _block(block: Block) -> str:
    match block:
        case Paragraph(text) | Note(text):
            return f"> {safe(text)}" if isinstance(block, Note) else safe(text)
        case Items() | Timeline():
            return _listed(_lines(block))
        case KeyFigures() | Summary():
            return _grid(("", "", ""), (False,) * 3, _answers(block))
        case Facts(items, caption):
            facts = _listed(f"{safe(label)}: {safe(value)}" for label, value in items)
            return f"**{safe(caption)}**\n\n{facts}" if caption else facts
        case Changes(items):
            return _changes(items)
        case Table() | Matrix():
            return _table(block) if isinstance(block, Table) else _matrix(block)
        case Charts() | Trends() | Curves():
            return ""
        case Gallery(groups):
            shown = [(group, [picture.name for picture in group.items]) for group in groups if group.items]
            return "\n\n".join(f"**{safe(group.heading)}**\n\n{_listed(map(safe, names))}" for group, names in shown)


def _lines(block: Items | Timeline) -> Iterator[str]:
    if isinstance(block, Items):
        yield from map(safe, block.items)
    else:
        yield from (f"{safe(period.name)}: {safe(period.text)}" for period in block.items)


def _answers(block: KeyFigures | Summary) -> Iterator[tuple[str, str, str]]:
    """A row for each: what is asked, the answer, and what stands behind it."""
    if isinstance(block, KeyFigures):
        yield from ((safe(item.label), f"**{safe(item.value)}**", safe(item.meaning)) for item in block.items)
    else:
        yield from ((safe(item.question), f"**{safe(item.answer)}**", safe(item.text)) for item in block.items)


def _changes(changes: Iterable[Change]) -> str:
    headings = ("What changed", "Baseline", "Window", "Effect", "Severity")
    rows = (
        (
            " ".join(filter(None, (f"**{safe(change.text)}**", safe(change.remark), _also(change)))),
            safe(change.before),
            safe(change.after),
            safe(change.effect_text),
            f"{_SIGNS[change.level]} {change.level}",
        )
        for change in changes
    )
    return _grid(headings, (False, True, True, True, False), rows)


def _also(change: Change) -> str:
    return f"Also: {safe(', '.join(change.also))}." if change.also else ""


def _table(table: Table) -> str:
    grid = _grid(
        [safe(column.heading) for column in table.columns],
        [column.numeric for column in table.columns],
        (tuple(map(_cell, row)) for row in table.rows),
    )
    caption = f"**{safe(table.caption)}**" if table.caption else ""
    return "\n\n".join(filter(None, (caption, grid, safe(table.note))))


def _matrix(matrix: Matrix) -> str:
    """Counts as a table; of many classes it would be no reading, and the mistakes stand in a table of their own."""
    if len(matrix.columns) > _MOST_COLUMNS:
        return ""
    rows = ((safe(shortened(name)), *map(str, counts)) for name, counts in zip(matrix.rows, matrix.counts, strict=True))
    names = [safe(shortened(name)) for name in matrix.columns]
    grid = _grid(["", *names], [False, *(True for _ in names)], rows)
    return "\n\n".join(filter(None, (f"**{safe(matrix.caption)}**", grid, safe(matrix.note))))


def _cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return safe(shortened(cell))
    if isinstance(cell, Names):
        more = [f"{cell.more:,} more"] if cell.more else []
        return ", ".join([*(safe(shortened(name)) for name in cell.names), *more])
    if isinstance(cell, Link):
        return f"[{safe(shortened(cell.text))}]({cell.href})"
    return f"{_SIGNS[cell.level]} {cell.level}" if isinstance(cell, Grade) else safe(cell.text)


def _grid(headings: Iterable[str], numeric: Iterable[bool], rows: Iterable[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(headings) + " |", "|" + "|".join(" ---: " if n else " --- " for n in numeric) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def _listed(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)
