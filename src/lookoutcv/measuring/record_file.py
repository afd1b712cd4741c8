"""Records into a file as they come: Parquet, CSV or JSON, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from lookoutcv.errors import ConfigError
from lookoutcv.files.outputs import FileKind, check_output, marked, open_output
from lookoutcv.files.parquet import record_file_kind
from lookoutcv.records.text import CsvWriter
from lookoutcv.records.writers import WRITERS, Form, Writer

_FORMS: dict[str, Form] = {f".{form}": form for form in WRITERS}
# The first columns of records, in each form: by them a file that lies there is known.
_ROW = r'\{"id": "(?:[^"\\]|\\.)*", "time": (?:null|"[0-9TZ:.-]*"), "label": '
_KINDS: dict[Form, FileKind] = {
    "parquet": FileKind("a record file", lambda path: record_file_kind(path) == "records"),
    "csv": marked("a table of records", r'\A"id","time","label","prediction","width_px"[,\n]'),
    "json": marked("a JSON file of records", rf"\A\[\n{_ROW}|\A\[\]\n\Z"),
    "jsonl": marked("a file of records a line", rf"\A{_ROW}"),
}


@contextmanager
def record_file(
    path: str | os.PathLike[str],
    schema: pa.Schema,
    metadata: Mapping[str, Any] | None = None,
    *,
    inputs: Iterable[str] = (),
    force: bool = False,
    raw: bool = False,
) -> Iterator[Writer]:
    """A file that takes batches of records; its suffix names the form.

    It appears, complete, when the block ends without an exception; otherwise nothing is left behind.

    Args:
        path: Ends in .parquet, .csv or .json.
        schema: Of the batches.
        metadata: What is to be told of the file, where its form has a place for it.
        inputs, force: As for `files.outputs.check_output`.
        raw: Of CSV: texts as they are, whatever a spreadsheet makes of them.
    Raises:
        ConfigError: Another suffix.
        OutputUnwritable: The file cannot be written there.
    """
    form = form_of_records(path)
    with open_output(path, _KINDS[form], inputs=inputs, force=force) as file:
        writer = CsvWriter(file, schema, raw=raw) if form == "csv" else WRITERS[form](file, schema)
        try:
            yield writer
        finally:
            # After an exception too: an abandoned Parquet writer would write to the closed file when it is collected.
            writer.close(metadata)


def check_record_output(path: str | os.PathLike[str], *, inputs: Iterable[str] = (), force: bool = False) -> None:
    """Refuse an output that cannot be written, before anything is measured.

    Args:
        path, inputs, force: As for `record_file`.
    Raises:
        ConfigError: The suffix names no form.
        OutputUnwritable: The file cannot be written there.
    """
    check_output(path, _KINDS[form_of_records(path)], inputs=inputs, force=force)


def form_of_records(path: str | os.PathLike[str]) -> Form:
    """The form of records that the ending of a file name means.

    Raises:
        ConfigError: It means none.
    """
    path = Path(path)
    try:
        return _FORMS[path.suffix.lower()]
    except KeyError:
        raise ConfigError(
            f"{path.name!r} does not say in which form to write records",
            f"End its name in one of {', '.join(_FORMS)}.",
            path=str(path),
        ) from None
