"""Rows of the prediction log for people and for programs."""

from __future__ import annotations

import csv
import json
import math
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from lookoutcv.cli.printing.tables import plain, print_table
from lookoutcv.csv_cells import harmless, harmless_json

_LONGEST_CELL = 40
_MOST_NUMBERS = 8
_HASHES = ("content_hash", "identity.phash", "identity.dhash")


def megabytes(size: int) -> str:
    """A size in words.

    Example:
        >>> megabytes(1_234_567), megabytes(999)
        ('1.2 MB', '999 B')
    """
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            return f"{size / factor:,.1f} {unit}"
    return f"{size} B"


def versions_in_words(versions: Mapping[str, int]) -> str:
    """The latest three versions.

    Example:
        >>> versions_in_words({"1.2": 1000, "": 5})
        '1.2 (1,000), none (5)'
    """
    words = [f"{plain(one) or 'none'} ({rows:,})" for one, rows in list(versions.items())[:3]]
    return ", ".join(words) + (" ..." if len(versions) > 3 else "")


def prediction_in_words(row: Mapping[str, Any]) -> str:
    """What the model said, in a few words.

    Example:
        >>> prediction_in_words({"objects": [{"label": "car"}, {"label": "car"}, {"label": "bus"}]})
        '2 car, 1 bus'
    """
    if row.get("prediction") is not None:
        return plain(str(row["prediction"]))
    if row.get("objects") is not None:
        counts = Counter(str(one["label"]) for one in row["objects"])
        return plain(", ".join(f"{count} {label}" for label, count in counts.most_common(4))) or "nothing found"
    return "a mask" if row.get("mask") else "no answer"


def line(row: Mapping[str, Any]) -> str:
    """A row as one line."""
    confidence = row.get("confidence")
    parts = [
        f"{row['time']:%Y-%m-%d %H:%M:%S}",
        plain(str(row["model"])) + (f" {plain(row['model_version'])}" if row.get("model_version") else ""),
        plain(str(row["id"])),
        prediction_in_words(row),
        "" if confidence is None or math.isnan(confidence) else f"{confidence:.3f}",
        "" if row.get("image_state") in ("measured", "none") else str(row.get("image_state") or ""),
        "; ".join(map(plain, row.get("problems") or ())),
    ]
    return "  ".join(part for part in parts if part)


def json_line(row: Mapping[str, Any]) -> str:
    """A row as one JSON object, without what it lacks."""
    values = {name: value for name, value in row.items() if value is not None}
    return json.dumps(plain_values(values), ensure_ascii=False, allow_nan=False)


def plain_values(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of values that JSON has: times ISO 8601, hashes as 16 hexadecimal digits, NaN as null."""
    return {name: _plain_value(name, value) for name, value in row.items()}


def _plain_value(name: str, value: Any) -> Any:
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if name in _HASHES and isinstance(value, int):
        return f"{value % 2**64:016x}"
    if isinstance(value, float):
        return float(f"{value:.7g}") if math.isfinite(value) else None
    if isinstance(value, datetime | date):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, Mapping):
        return {key: _plain_value("", one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        pairs = bool(value) and all(isinstance(one, tuple) and len(one) == 2 for one in value)
        return dict(value) if pairs else [_plain_value("", one) for one in value]
    return value if isinstance(value, int) else str(value)


def record_lines(row: Mapping[str, Any]) -> list[str]:
    """A row, a line a value; long lists are shortened."""
    first = {name: row[name] for name in ("id", "time", "model") if name in row}
    values = {name: value for name, value in plain_values({**first, **row}).items() if value is not None}
    width = max(map(len, values))
    return [f"{name.ljust(width)}  {_short(value)}" for name, value in values.items()]


def _short(value: Any) -> str:
    if isinstance(value, list) and len(value) > _MOST_NUMBERS:
        shown = ", ".join(_short(one) for one in value[:_MOST_NUMBERS])
        return f"{shown} ... ({len(value):,} in all)"
    if isinstance(value, list):
        return ", ".join(_short(one) for one in value) or "none"
    if isinstance(value, Mapping):
        return " ".join(f"{plain(str(key))}={_short(one)}" for key, one in value.items())
    return plain(f"{value:.6g}" if isinstance(value, float) else str(value))


def print_cells(names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows as a table."""
    cells = []
    for row in rows:
        texts = [_short(value) if value is not None else "-" for value in plain_values(row).values()]
        cells.append([one if len(one) <= _LONGEST_CELL else one[: _LONGEST_CELL - 1] + "…" for one in texts])
    print_table([plain(name) for name in names], cells)


def print_csv(names: Sequence[str], rows: Sequence[Mapping[str, Any]], *, raw: bool) -> None:
    """Rows as CSV; cells with several values are JSON.

    Args:
        names: Of the columns.
        rows: By them.
        raw: Texts as they are, whatever a spreadsheet makes of them.
    """
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([_cell(name, raw) for name in names])
    for row in rows:
        writer.writerow([_cell(value, raw) for value in plain_values(row).values()])


def _cell(value: Any, raw: bool) -> Any:
    if isinstance(value, list | dict):
        text = json.dumps(value, ensure_ascii=False)
        return text if raw else harmless_json(text)
    if isinstance(value, str):
        return value if raw else harmless(value)
    return "" if value is None else value
