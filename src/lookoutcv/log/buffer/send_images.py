"""Retained images on their way to an object store: they wait in the spool and are sent before rows that name them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from lookoutcv.errors import LookoutError
from lookoutcv.files import is_url
from lookoutcv.files.storage import place_of
from lookoutcv.log.table.own_files import PICTURES, is_picture
from lookoutcv.processes.isolated_process import Report, run_isolated, serve_task


def outbox(directory: str, spool: Path) -> Path:
    """The local folder that pictures are written to: the table, or the spool of an object store."""
    return spool if is_url(directory) else Path(directory)


def send(directory: str, spool: Path, storage_options: Mapping[str, str] | None) -> None:
    """Send what waits in the spool to an object store, each picture whole, and remove it here.

    In a process of its own: whoever serves waits for none of it, and the store's library keeps no threads there.

    Raises:
        LookoutError, TimeoutExpired: The store or the network fails; what was not sent stays.
    """
    if not is_url(directory) or not any(_waiting(spool)):
        return
    task = {"directory": directory, "spool": str(spool), "storage_options": dict(storage_options or {})}
    try:
        run_isolated(__name__, task)
    except LookoutError as error:
        raise error.about("pictures cannot be sent") from None


def _waiting(spool: Path) -> Iterator[Path]:
    """Pictures in the spool that are whole; what somebody else put there is neither sent nor removed."""
    return (
        path
        for path in (spool / PICTURES).glob("model=*/day=*/*")
        if not path.name.startswith(".") and path.is_file() and is_picture(path.relative_to(spool).as_posix())
    )


def _send(directory: str, spool: Path, storage_options: dict[str, str]) -> None:
    # What Delta Lake takes as options, the store's own library takes from the environment, by the same names.
    os.environ.update({key: value for key, value in storage_options.items() if key.startswith("AWS_")})
    os.environ.setdefault("AWS_DEFAULT_REGION", os.environ.get("AWS_REGION", "us-east-1"))
    root = place_of(directory)
    for file in sorted(_waiting(spool)):
        place = root
        for part in file.relative_to(spool).parts:
            place = place.below(part)
        place.write(file.read_bytes())
        file.unlink(missing_ok=True)
    for folder in (*(spool / PICTURES).glob("model=*/day=*"), *(spool / PICTURES).glob("model=*")):
        with suppress(OSError):  # a picture is kept there, or something else
            folder.rmdir()


def _work(task: dict[str, Any], report: Report) -> None:
    _send(task["directory"], Path(task["spool"]), task["storage_options"])


if __name__ == "__main__":
    serve_task(_work)
