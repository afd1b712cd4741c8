"""PDF, set by Typst.

Everything that comes from data reaches Typst as strings in a JSON file, and a string there is never markup: names that
hold `#`, `$` or quotes stand as they are. Fonts are those that Typst carries; the system's are only asked for
characters that those lack, so that the same report gives the same pages everywhere.
"""

from __future__ import annotations

import base64
import dataclasses
import json
import re
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from lookoutcv.extras import need
from lookoutcv.reports.charts import curve_chart, histogram_chart, matrix_chart, trend_chart
from lookoutcv.reports.formats.base import RenderOptions, document_format
from lookoutcv.reports.parts.content_blocks import Picture
from lookoutcv.reports.parts.display_text import shortened, visible
from lookoutcv.reports.parts.document import Document
from lookoutcv.reports.parts.drawings import Curve, Histogram, Matrix, Trend
from lookoutcv.reports.parts.tables import Link, Names, Table
from lookoutcv.reports.parts.thumbnails import is_thumbnail

# A name without a space cannot be broken by Typst: longer ones would run out of their column.
_LONGEST_NAME = 48
_LONGEST_TEXT = 2000
_WIDEST_COLUMN = 40


# Whoever made the document, and with what, in its properties.
_MARK = r"\(LookOutCV\)/Creator\(Typst"


@document_format("pdf", suffixes=(".pdf",), media_type="application/pdf", text=False, mark=_MARK)
def pdf(document: Document, options: RenderOptions) -> bytes:
    """The whole report on A4 pages, with a table of contents (extra `pdf`).

    Args:
        document: What to draw.
        options: Its logo stands at the top of the first page.
    Returns:
        PDF bytes, tagged for screen readers; the same document gives the same bytes.
    Raises:
        MissingExtra: Typst is not installed.
    """
    typst = need("typst", extra="pdf")
    sheet, logo = _Sheet(), options.styling.logo_png
    content = {
        "title": visible(document.title),
        "name": shortened(visible(document.subject[0][1]), 60) if document.subject else "",
        "logo": None if logo is None else list(logo),
        "date": visible(document.date),
        "tool": "LookOutCV",
        "subject": [[visible(label), sheet.text(name)] for label, name in document.subject],
        "verdict": None if document.verdict is None else sheet.plain(document.verdict),
        "sections": [sheet.plain(section) for section in document.sections],
        "footer": sheet.plain(document.footer),
    }
    project = {
        "main.typ": (files("lookoutcv.reports") / "templates" / "report.typ").read_bytes(),
        "report.json": json.dumps(content, allow_nan=False).encode(),
        **sheet.files,
    }
    pages: bytes = typst.compile(
        project, format="pdf", timestamp=datetime(1980, 1, 1, tzinfo=UTC), font_paths=typst.Fonts()
    )
    return pages


class _Sheet:
    """The parts of a document as plain values, and the files that they name."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def plain(self, part: Any) -> Any:
        """A part as dictionaries, lists, strings and numbers; a dictionary's `kind` is the part's class."""
        if isinstance(part, str):
            return self.text(part)
        if isinstance(part, tuple | list):
            return [self.plain(item) for item in part]
        if not dataclasses.is_dataclass(part):
            return part
        special = self._special(part)
        return {"kind": type(part).__name__, **self._fields(part)} if special is None else special

    def _special(self, part: Any) -> Any:
        """A part that is drawn, or whose names need care; None where its fields are all there is."""
        match part:
            case Histogram() | Trend() | Curve() | Matrix():
                return self._drawn(part)
            case Link():
                return self.text(part.text)
            case Picture():
                name, words = shortened(visible(part.name), 60), self.text(part.words)
                return {"kind": "Picture", "name": _breakable(name), "words": words, "jpeg": _picture(part)}
            case Names():
                listed = [_breakable(shortened(visible(name), _LONGEST_NAME)) for name in part.names]
                return {"kind": "Names", "names": listed, "more": part.more}
            case Table():
                return {"kind": "Table", "widths": _widths(part), **self._fields(part)}
        return None

    def _drawn(self, part: Histogram | Trend | Curve | Matrix) -> Any:
        """A part that is a picture."""
        key = f"c{len(self.files)}"
        names: tuple[str, ...] = ("title", "caption")
        match part:
            case Histogram():
                drawn, names = histogram_chart.svg(part, key), _OF_A_CHART
            case Trend():
                drawn = trend_chart.svg(part, key)
            case Curve():
                drawn = curve_chart.svg(part, key)
            case Matrix():
                drawn, names = matrix_chart.svg(part, key), ("caption", "note")
        wide = isinstance(part, Matrix) and len(part.columns) > matrix_chart.WRITTEN
        return {"kind": type(part).__name__, "file": self._chart(drawn), "wide": wide, **self._fields(part, names)}

    def text(self, text: str) -> str:
        """A string that can be set: visible, of a bounded length, with places to break long names at."""
        return _breakable(shortened(visible(text), _LONGEST_TEXT))

    def _fields(self, part: Any, names: tuple[str, ...] = ()) -> dict[str, Any]:
        wanted = names or tuple(field.name for field in dataclasses.fields(part))
        return {name: self.plain(getattr(part, name)) for name in wanted}

    def _chart(self, drawn: str) -> str:
        name = f"{len(self.files)}.svg"
        # The fonts of a screen are not at hand: Typst's own stand in their place.
        self.files[name] = drawn.replace("system-ui, sans-serif", "Libertinus Serif").encode()
        return name


_OF_A_CHART: tuple[str, ...] = ("title", "caption", "names", "small", "level")
_LONG_RUN = re.compile(r"\S{25,}")
_SEPARATOR = re.compile(r"(?<=[/\\_.,;:=&?-])(?=[^\s/])")


def _breakable(text: str) -> str:
    """The text with places at which its long names may be broken: a zero-width space after each separator."""

    def opened(match: re.Match[str]) -> str:
        parted = _SEPARATOR.sub("\u200b", match[0])
        return re.sub(r"([^\u200b]{24})(?=[^\u200b])", "\\1\u200b", parted)

    return _LONG_RUN.sub(opened, text)


def _widths(table: Table) -> list[int]:
    """The share of the page that each column takes, by its longest content; 0 for what it needs and no more."""

    def length(cell: Any) -> int:
        if isinstance(cell, Names):
            return max(map(len, cell.names), default=0)
        return len(cell if isinstance(cell, str) else getattr(cell, "text", "insufficient"))

    widths = []
    for i, column in enumerate(table.columns):
        longest = max([len(column.heading), *(length(row[i]) for row in table.rows)])
        widths.append(0 if column.numeric else max(4, min(longest, _WIDEST_COLUMN)))
    # One column at least takes up what is left of the line.
    return widths if any(widths) else [1, *widths[1:]]


def _picture(picture: Picture) -> list[int] | None:
    """The bytes of a thumbnail, as numbers: Typst's binding takes only texts as files. None where there is none."""
    if picture.jpeg is None or not is_thumbnail(picture.jpeg):
        return None
    data = base64.b64decode(picture.jpeg)
    return list(data) if _decodes(data) else None


def _decodes(data: bytes) -> bool:
    """Whether a thumbnail can be drawn: a damaged one is left out, not the end of the page."""
    import io  # noqa: PLC0415

    from PIL import Image  # noqa: PLC0415 - only pages with pictures pay for it

    try:
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
            image.load()
    except (OSError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return False
    return True
