"""Records into a file as they come: Parquet, CSV or JSON, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from lookoutcv.errors import ConfigError
from lookoutcv.files.atomic import check_writable, open_atomic
from lookoutcv.records.writers import WRITERS, Form, Writer

_FORMS: dict[str, Form] = {f".{form}": form for form in WRITERS}


@contextmanager
def record_file(
    path: str | os.PathLike[str], schema: pa.Schema, metadata: Mapping[str, Any] | None = None
) -> Iterator[Writer]:
    """A file that takes batches of records; its suffix names the form.

    It appears, complete, when the block ends without an exception; otherwise nothing is left behind.

    Args:
        path: Ends in .parquet, .csv or .json.
        schema: Of the batches.
        metadata: What is to be told of the file, where its form has a place for it.
    Raises:
        ConfigError: Another suffix.
        OutputUnwritable: The file cannot be written there.
    """
    form = _form(Path(path))
    with open_atomic(path) as file:
        writer = WRITERS[form](file, schema)
        try:
            yield writer
        finally:
            # After an exception too: an abandoned Parquet writer would write to the closed file when it is collected.
            writer.close(metadata)


def check_output(path: str | os.PathLike[str]) -> None:
    """Refuse an output that cannot be written, before anything is measured.

    Raises:
        ConfigError: The suffix names no form.
        OutputUnwritable: The file cannot be written there.
    """
    _form(Path(path))
    check_writable(path)


def _form(path: Path) -> Form:
    try:
        return _FORMS[path.suffix.lower()]
    except KeyError:
        raise ConfigError(
            f"{path.name!r} does not say in which form to write records",
            f"End its name in one of {', '.join(_FORMS)}.",
            path=str(path),
        ) from None
