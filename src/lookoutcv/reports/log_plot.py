"""The prediction log drawn: metrics, confidence and classes over time."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from lookoutcv.drift.describe.metric_terms import terms_of
from lookoutcv.errors import NoImages, UsageError
from lookoutcv.files.outputs import check_output, write_output
from lookoutcv.log.reading.time_series import CLASSES, CONFIDENCE, ROWS, Line, Point, Step, time_series
from lookoutcv.log.table.arguments import checked_names, checked_path, checked_text
from lookoutcv.log.table.log_filter import LogFilter
from lookoutcv.log.table.log_table import LogTable
from lookoutcv.metrics import registry as metrics
from lookoutcv.outputs import registry as outputs
from lookoutcv.reports.charts.trend_chart import drawable
from lookoutcv.reports.formats.base import RenderOptions, registry
from lookoutcv.reports.parts.content_blocks import Paragraph
from lookoutcv.reports.parts.display_text import counted, shortened
from lookoutcv.reports.parts.document import Block, Document, Section
from lookoutcv.reports.parts.drawings import Trend, TrendPoint, Trends
from lookoutcv.reports.parts.numbers import percent, quantity, unit_words
from lookoutcv.reports.parts.tables import Cell, Column, Number, Table
from lookoutcv.reports.rendering import FILE_WIDTH, format_of

# Where nothing is asked for: what people look at first.
_USUAL = ("exposure.brightness", "exposure.contrast", "sharpness.focus", "noise.sigma")
_MOST_ROWS = 48
_LINES_A_TABLE = 5
_TITLES = {ROWS: "Predictions", CONFIDENCE: "Confidence"}


def plot(
    what: str | Sequence[str],
    table: LogTable,
    which: LogFilter,
    *,
    by: str = "day",
    output: str | os.PathLike[str] | None = None,
    force: bool = False,
) -> Path | str:
    """Draw a log over time: the median and the middle 80% of columns, the share of classes, the number of rows.

    Args:
        what: Metrics and other numeric columns, "confidence", "classes", "rows"; empty for the usual ones there are.
        table: The log.
        which: Which rows.
        by: "hour" or "day" (UTC): a point for each. "version", "class", "label", "camera" or a tag: a line for each of
            its six most frequent values.
        output: The file to write; its suffix names the format (.html, .pdf, .md, .txt). None to have text returned.
        force: Replace a file that lies there and is no report, too.
    Returns:
        The path; without one, the text.
    Raises:
        NoImages: No row is meant.
        ConfigError: There is no such column or tag.
        UsageError, OutputUnwritable: The file cannot be written, or not so.
    """
    form = registry.get("terminal") if output is None else format_of(checked_path(output, "output"))
    if form.draw_document is None:
        raise UsageError(
            f"{form.name} is a form of drift reports", "End the name in .html, .pdf, .md or .txt.", path=str(output)
        )
    if output is not None:
        check_output(output, form.kind, inputs=[table.directory], force=force)
    columns = checked_names(what, "what") or _usual(table)
    time_lines, step = time_series(table, which, columns, checked_text(by, "by"))
    if not any(line.points for line in time_lines):
        raise NoImages("no row of the log is meant", "`lookout log list` says what there is.", source="log", skipped=())
    document = _document(table, which, time_lines, step)
    options = RenderOptions() if output is None else RenderOptions(width=FILE_WIDTH, colour=False)
    drawn = form.draw_document(document, options)
    if output is None:
        return drawn.decode()
    write_output(output, drawn, form.kind, inputs=[table.directory], force=force)
    return Path(output)


def _usual(table: LogTable) -> list[str]:
    return [ROWS, CONFIDENCE, CLASSES, *(name for name in _USUAL if name in table.schema.names)]


def _document(table: LogTable, which: LogFilter, time_lines: list[Line], step: Step) -> Document:
    drawn = [(line, trend) for line in time_lines if drawable(trend := _trend(line, step))]
    starts = [point.start for line in time_lines for point in line.points]
    span = f"{min(starts):%Y-%m-%d %H:%M} to {max(starts):%Y-%m-%d %H:%M} UTC"
    empty = [_title(line) for line in time_lines if not drawable(_trend(line, step))]
    text = f"A point is the median of {'an hour' if step == 'hour' else 'a day'}, the band its middle 80%."
    text += f" Without a value: {', '.join(empty)}." if empty else ""
    model = which.model or ", ".join(table.models[:5])
    counts = [sum(point.rows for point in line.points) for line in time_lines if line.column == ROWS]
    headline = counted(sum(counts), "prediction") if counts else counted(len(drawn), "line")
    charts: list[Block] = [Trends(tuple(trend for _, trend in drawn))] if drawn else []
    return Document(
        title=f"Prediction log: {headline} of {shortened(model, 60)}",
        subject=(("Model", model), ("Log", table.directory), ("Time", span)),
        date="",
        verdict=None,
        sections=(Section("Over time", (Paragraph(text), *charts, *_tables([line for line, _ in drawn], step))),),
    )


def _title(line: Line) -> str:
    if line.column == CLASSES:
        return f"Share of {line.of}"
    title = _TITLES.get(line.column) or terms_of(line.column).title
    return f"{title}: {line.of or 'none'}" if line.of else title


def _trend(line: Line, step: Step) -> Trend:
    unit = _unit(line.column)
    points = tuple(
        TrendPoint(
            _when(point, step),
            point.start.timestamp(),
            point.value,
            f"{_cell_text(line.column, point.value)} ({counted(point.rows, 'row')})",
            day=f"{point.start:%Y-%m-%d}",
            low=point.low,
            high=point.high,
        )
        for point in line.points
    )
    return Trend(_title(line), unit, points, range=(0.0, 1.0) if line.column in (CLASSES, CONFIDENCE) else None)


def _unit(column: str) -> str:
    for one in (metrics, outputs):
        if column in one:
            return one.get(column).unit
    return "bytes" if column.endswith("_bytes") else "px" if column.endswith("_px") else "1"


def _cell_text(column: str, value: float | None, unit: str | None = None) -> str:
    if column == ROWS:
        return f"{value or 0:,.0f}"
    if column == CLASSES and value is not None:
        return percent(value)
    return quantity(value, _unit(column) if unit is None or column.endswith("bytes") else unit)


def _when(point: Point, step: Step) -> str:
    return f"{point.start:%Y-%m-%d %H:%M}" if step == "hour" else f"{point.start:%Y-%m-%d}"


def _tables(drawn: list[Line], step: Step) -> tuple[Table, ...]:
    """The last points in figures, for a terminal, and for whoever sees no charts."""
    parts = [drawn[start : start + _LINES_A_TABLE] for start in range(0, len(drawn), _LINES_A_TABLE)]
    return tuple(_table(part, step) for part in parts)


def _table(drawn: list[Line], step: Step) -> Table:
    by_time = [{_when(point, step): point for point in line.points} for line in drawn]
    times = sorted({when for one in by_time for when in one})
    rows: list[tuple[Cell, ...]] = []
    for when in times[-_MOST_ROWS:]:
        cells = [
            Number(_cell_text(line.column, own[when].value, "1") if when in own else "")
            for line, own in zip(drawn, by_time, strict=True)
        ]
        rows.append((when, *cells))
    note = f"The last {_MOST_ROWS} of {len(times):,}." if len(times) > _MOST_ROWS else ""
    head = (Column("UTC"), *(Column(_heading(line), numeric=True) for line in drawn))
    return Table("", head, tuple(rows), note)


def _heading(line: Line) -> str:
    unit = unit_words(_unit(line.column))
    return f"{_title(line)} ({unit})" if unit else _title(line)
