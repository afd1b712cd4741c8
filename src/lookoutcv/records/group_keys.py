"""Which batch or group a record belongs to: its day, its folder, its camera, a tag, or its place in the source."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from lookoutcv.calls.option_names import option
from lookoutcv.errors import ConfigError
from lookoutcv.records.schema import FIXED

COLUMNS = ("label", "camera", "format")
# What an image at the top of its source has for a folder.
TOP = "."
_DERIVED = ("folder", "day", "size")
_FOLDER = r"^(?P<folder>.*)/[^/]*$"
# Wide enough that keys sort in the order of the blocks.
_DIGITS = 8
Role = Literal["batch_by", "group_by"]
_NOUNS = {"batch_by": "batch", "group_by": "group"}


@dataclass(frozen=True)
class Division:
    """A rule that divides records.

    Args:
        field: "folder", "day", "size", "label", "camera", "format" or the name of a tag; empty for blocks.
        block: So many records in a row, in the order of the source; 0 where a field decides.
        role: The option that asked for it.
    """

    field: str
    block: int = 0
    role: Role = "batch_by"

    def __str__(self) -> str:
        return self.field or str(self.block)


def division(by: str | int, role: Role = "batch_by") -> Division:
    """The rule that an argument means.

    Args:
        by: A number of images, or a field.
        role: Which option it is the value of; groups have no blocks.
    Raises:
        ConfigError: It means nothing.
    Example:
        >>> division("day"), division("200").block
        (Division(field='day', block=0, role='batch_by'), 200)
    """
    text = str(by).strip()
    flag = option(role)
    if text.lstrip("+-").isdecimal():
        if role == "group_by" or int(text) < 1:
            remedy = "Give folder, day, size, label, camera, format or the name of a tag"
            remedy += "." if role == "group_by" else ", or a number of images of at least 1."
            raise ConfigError(f"{flag} is {text}", remedy, key=role)
        return Division("", int(text), role)
    if not text:
        raise ConfigError(f"{flag} is empty", "Give folder, day, label, camera or another field.", key=role)
    return Division(text, 0, role)


def keys_of(rows: pa.Table | pa.RecordBatch, by: Division) -> pa.Array:
    """The key of each record under a rule with a field; null where the record has no such value.

    Days are UTC dates of `time`, which comes from the source or from EXIF, never from the file's own date.

    Args:
        rows: Records.
        by: With a field.
    Returns:
        (rows,) string.
    Example:
        >>> rows = pa.table({"id": ["mon/1.jpg", "2.jpg"]})
        >>> keys_of(rows, division("folder")).to_pylist()
        ['mon', '.']
    """
    keys = _keys(rows, by.field)
    return keys.combine_chunks() if isinstance(keys, pa.ChunkedArray) else keys


def _keys(rows: pa.Table | pa.RecordBatch, field: str) -> pa.Array | pa.ChunkedArray:
    if field == "folder":
        folder = pc.struct_field(pc.extract_regex(rows.column("id"), _FOLDER), "folder")
        return pc.fill_null(folder, TOP)
    if field == "day":
        return rows.column("time").cast(pa.timestamp("us")).cast(pa.date32()).cast(pa.string())
    if field == "size":
        sides = [rows.column(name).cast(pa.string()) for name in ("width_px", "height_px")]
        return pc.binary_join_element_wise(*sides, "x")
    if field in COLUMNS:
        return rows.column(field)
    return pc.map_lookup(rows.column("tags"), pa.scalar(field), "first")


class Divider:
    """Gives each record of a stream its batch, in the column `batch`.

    Args:
        by: The rule.
    Example:
        >>> from lookoutcv.records.schema import FIXED
        >>> rows = pa.RecordBatch.from_pylist([{"id": c} for c in "abc"], schema=FIXED)
        >>> Divider(division(2)).divide(rows).column("batch").to_pylist()
        ['00000000 a', '00000000 a', '00000001 c']
    """

    def __init__(self, by: Division) -> None:
        self._by = by
        self._rows = self._keyed = 0
        self._tags: set[str] = set()
        self._first = ""

    def divide(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        """The same records with their batches."""
        keys = self._blocks(rows.column("id").to_pylist()) if self._by.block else keys_of(rows, self._by)
        self._rows += rows.num_rows
        self._keyed += rows.num_rows - keys.null_count
        self._tags |= tag_names(rows)
        if "batch" not in rows.schema.names:
            return rows.append_column(FIXED.field("batch"), keys)
        return rows.set_column(rows.schema.get_field_index("batch"), FIXED.field("batch"), keys)

    def finish(self) -> None:
        """Check that the rule divided anything.

        Raises:
            ConfigError: There were records, and not one had such a value.
        """
        if self._rows and not self._keyed:
            raise no_keys(self._by, self._tags)

    def _blocks(self, ids: Sequence[str]) -> pa.Array:
        keys = []
        for place, name in enumerate(ids, self._rows):
            if place % self._by.block == 0:
                # The first image's name keeps the blocks of two sources apart when their profiles are merged.
                self._first = name
            keys.append(f"{place // self._by.block:0{_DIGITS}d} {self._first}")
        return pa.array(keys, pa.string())


def tag_names(rows: pa.Table | pa.RecordBatch) -> set[str]:
    """The names of all tags of some records."""
    tags = rows.column("tags").drop_null() if "tags" in rows.schema.names else pa.nulls(0)
    if not len(tags):
        return set()
    chunks = tags.chunks if isinstance(tags, pa.ChunkedArray) else [tags]
    return {name for chunk in chunks for name in pc.unique(chunk.keys).to_pylist()}


def no_keys(by: Division, tags: set[str] | frozenset[str] = frozenset()) -> ConfigError:
    """The error that says why no record has a key.

    Args:
        by: The rule.
        tags: Tags that the records do have.
    """
    noun, flag = _NOUNS[by.role], option(by.role)
    if by.field == "day":
        return ConfigError(
            f"{option(by.role, 'day')} found no image with a time, so none has a {noun}",
            f"Times come from the source or from EXIF, never from the file's date; try {option(by.role, 'folder')}.",
            key=by.role,
        )
    if by.field in COLUMNS or by.field in _DERIVED:
        return ConfigError(
            f"{option(by.role, by.field)} found no image with a {by.field}, so none has a {noun}",
            f"Use another field, such as {option(by.role, 'folder')}.",
            key=by.role,
        )
    known = sorted({*tags, *COLUMNS, *_DERIVED})
    nearest = difflib.get_close_matches(by.field, known, n=1)
    guess = f"Did you mean {nearest[0]!r}? " if nearest else ""
    return ConfigError(
        f"{flag}: no image has a tag {by.field!r}",
        f"{guess}There are {', '.join(known)}.",
        key=by.role,
        nearest=tuple(nearest),
    )


def group_keys(rows: pa.Table, by: str) -> tuple[str | None, ...]:
    """The group of each record.

    Args:
        rows: Records.
        by: The value of `group_by`.
    Raises:
        ConfigError: It means nothing.
    """
    return tuple(keys_of(rows, division(by, "group_by")).to_pylist())
