"""Verdicts into a file as they come: CSV, JSON or JSON lines."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

from lookoutcv.csv_cells import harmless
from lookoutcv.errors import UsageError
from lookoutcv.files.outputs import FileKind, marked, open_output
from lookoutcv.results.gate_verdict import GateVerdict

COLUMNS = ("id", "verdict", "label", "label_name", "score", "confidence", "reasons")
_HEADER = ",".join(COLUMNS)
_BETWEEN = "; "


class VerdictWriter(Protocol):
    """Takes verdicts one by one."""

    def add(self, verdict: GateVerdict) -> None:
        """Append one."""
        ...

    def close(self) -> None:
        """Finish."""
        ...


class _Csv:
    def __init__(self, sink: IO[Any], raw: bool) -> None:
        self._writer = csv.writer(sink, lineterminator="\n")
        self._writer.writerow(COLUMNS)
        self._raw = raw

    def add(self, verdict: GateVerdict) -> None:
        values = verdict.to_dict() | {"reasons": _BETWEEN.join(verdict.reasons)}
        self._writer.writerow([self._cell(values[name]) for name in COLUMNS])

    def _cell(self, value: Any) -> Any:
        if isinstance(value, str) and not self._raw:
            return harmless(value)
        return "" if value is None else value

    def close(self) -> None:
        pass


class _Json:
    def __init__(self, sink: IO[Any], lines: bool) -> None:
        self._sink, self._lines = sink, lines
        self._before = "" if lines else "[\n"

    def add(self, verdict: GateVerdict) -> None:
        self._sink.write(self._before + json.dumps(verdict.to_dict(), ensure_ascii=False))
        if self._lines:
            self._sink.write("\n")
        else:
            self._before = ",\n"

    def close(self) -> None:
        if not self._lines:
            self._sink.write("[]\n" if self._before == "[\n" else "\n]\n")


_KINDS: dict[str, FileKind] = {
    ".csv": marked("verdicts of a gate as CSV", rf"\A(\xef\xbb\xbf)?{_HEADER}\r?\n"),
    ".json": marked("verdicts of a gate as JSON", r'\A\[\s*(\]|\{"id": .*"verdict": )'),
    ".jsonl": marked("verdicts of a gate as JSON lines", r'\A\{"id": .*"verdict": '),
}


def verdict_kind(path: str | os.PathLike[str]) -> FileKind:
    """What is written under a name.

    Raises:
        UsageError: Its ending says nothing.
    """
    ending = Path(path).suffix.lower()
    if ending not in _KINDS:
        raise UsageError(
            f"'{path}' does not say what is to be written",
            "End its name in .json, .jsonl or .csv.",
            key="output",
        )
    return _KINDS[ending]


@contextmanager
def verdict_file(
    path: str | os.PathLike[str], *, inputs: Iterable[str] = (), force: bool = False, raw: bool = False
) -> Iterator[VerdictWriter]:
    """A file of verdicts; it takes its name, complete, when the block ends without an exception.

    Args:
        path: .json, .jsonl or .csv.
        inputs: Files and folders that are read for it.
        force: Replace a file of another kind too.
        raw: Of CSV: texts as they are.
    Raises:
        UsageError: Another ending.
        OutputUnwritable: It cannot be written there.
    """
    kind = verdict_kind(path)
    ending = Path(path).suffix.lower()
    with open_output(path, kind, "w", inputs=inputs, force=force) as sink:
        writer: VerdictWriter = _Csv(sink, raw) if ending == ".csv" else _Json(sink, ending == ".jsonl")
        yield writer
        writer.close()
