"""SQL over the log, within bounds of time and memory: in a process of its own, which can be ended whatever it does."""

from __future__ import annotations

import csv
import json
import os
import re
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lookoutcv.byte_sizes import byte_size
from lookoutcv.calls.option_names import option
from lookoutcv.csv_cells import SUSPECT, harmless, harmless_json
from lookoutcv.errors import ConfigError, LookoutError, OutputUnwritable, UnreadableSource
from lookoutcv.extras import need
from lookoutcv.files.outputs import FileKind, check_output
from lookoutcv.log.defaults import QUERY_BYTES, QUERY_SECONDS
from lookoutcv.log.reading.lazy_frame import lazy_frame
from lookoutcv.log.reading.read import As, check_form, in_form
from lookoutcv.log.reading.sql_check import checked, refuse_files
from lookoutcv.log.table.arguments import checked_path, checked_positive, checked_text
from lookoutcv.log.table.log_filter import LogFilter
from lookoutcv.log.table.log_table import LogTable, open_table
from lookoutcv.log.table.schema import HASHES
from lookoutcv.processes.isolated_process import Report, run_isolated, serve_task
from lookoutcv.records.text import hash_text

# The names of columns, in the first line.
_LONGEST_HEAD = 1 << 20
# As the name of a file ends.
FORMS = {".csv": "csv", ".parquet": "parquet", ".jsonl": "jsonl"}
_BY_A_FAULT = ("SIGSEGV", "SIGABRT", "SIGBUS", "SIGILL", "SIGFPE")


def query(
    sql: str,
    table: LogTable,
    which: LogFilter,
    *,
    output: str | os.PathLike[str] | None = None,
    force: bool = False,
    raw: bool = False,
    limit: int | None = None,
    timeout: float = QUERY_SECONDS,
    max_bytes: int = QUERY_BYTES,
    as_: As = "arrow",
) -> Any:
    """Ask the log in SQL, as polars understands it; only a SELECT over the table `log` is run.

    Args:
        sql: The query. Columns with a dot in their name stand in double quotes: "tag.camera".
        table: The log.
        which: The rows that `log` holds.
        output: Write the rows to this .parquet, .csv or .jsonl file as they come, instead of returning them.
        force: Replace a file that lies there and has other columns, too.
        raw: Of CSV: texts as they are, whatever a spreadsheet makes of them.
        limit: Return so many rows at most.
        timeout: Seconds; a query that takes longer is ended.
        max_bytes: A query that holds more memory is ended (Linux), and one whose rows would take more here.
        as_: "arrow", "polars" or "pandas".
    Returns:
        The rows; the path, where there is an `output`.
    Raises:
        ConfigError: It is no such query, it is wrong, or it does not end within its bounds.
        OutputUnwritable: The file cannot be written there.
    """
    need("polars", "log")
    check_form(as_, ("arrow", "polars", "pandas"))
    checked_positive(timeout=timeout, max_bytes=max_bytes, **({} if limit is None else {"limit": limit}))
    task: dict[str, Any] = {
        "sql": checked(checked_text(sql, "sql")),
        "directory": table.directory,
        "storage_options": table.storage_options or {},
        "which": which.as_dict(),
        "limit": limit,
        "raw": raw,
    }
    bounds = (timeout, max_bytes)
    if output is None:
        with tempfile.TemporaryDirectory(prefix="lookoutcv-") as folder:
            made = Path(folder, "rows.arrow")
            _run({**task, "form": "arrow", "output": str(made), "most_output_bytes": max_bytes}, bounds)
            # Mapped, the rows are in memory once, and what nobody looks at can go. Windows keeps a mapped file.
            opened = pa.OSFile(str(made)) if os.name == "nt" else pa.memory_map(str(made))
            with opened as file:
                return in_form(pa.ipc.open_file(file).read_all(), as_)
    target = Path(checked_path(output, "output"))
    form = FORMS.get(target.suffix.lower())
    if form is None:
        raise ConfigError(
            f"{target.name!r} does not say in which form to write rows",
            f"End its name in one of {', '.join(FORMS)}.",
            path=str(target),
        )
    # What columns there are is known once the query has run.
    check_output(target, _ANY, inputs=[table.directory], force=True)
    # Beside the target, so that it can take its place at once.
    real = Path(os.path.realpath(target))
    descriptor, unfinished = tempfile.mkstemp(prefix=f".{target.name}.", dir=real.parent)
    os.close(descriptor)
    try:
        _run({**task, "form": form, "output": unfinished}, bounds)
        columns = columns_of(Path(unfinished), form)
        check_output(
            target, FileKind("a table with these columns", lambda path: columns_of(path, form) == columns), force=force
        )
        os.replace(unfinished, real)
    except OSError as reason:
        raise OutputUnwritable(f"{target} cannot be written ({reason})", "Check the folder.", path=target) from reason
    finally:
        with suppress(OSError):
            os.unlink(unfinished)
    return target


_ANY = FileKind("a table", Path.is_file)


def columns_of(path: Path, form: str) -> list[str]:
    """The columns of a table in a file, by its head.

    Args:
        path: The file.
        form: "csv", "parquet" or "jsonl", where the first line tells.
    Raises:
        OSError, ValueError, pyarrow.ArrowException: There is no such table.
    """
    if form == "parquet":
        return list(pq.read_schema(path).names)
    with open(path, encoding="utf-8", newline="") as file:
        line = file.readline(_LONGEST_HEAD)
    return next(csv.reader([line]), []) if form == "csv" else list(json.loads(line))


def _run(task: dict[str, Any], bounds: tuple[float, int]) -> None:
    """Run a task in another process until it ends, or is ended."""
    timeout, max_bytes = bounds
    narrower = f"Narrow it: fewer days ({option('last', '1d')}), one model, fewer columns; or raise the bound."
    try:
        failure = run_isolated(__name__, task, seconds=timeout, most_bytes=max_bytes)
    except TimeoutError:
        raise ConfigError(f"the query did not end within {timeout:g} s", narrower, key="timeout") from None
    except MemoryError:
        problem = f"the query held more than {byte_size(max_bytes)}"
        raise ConfigError(problem, narrower, key="max_bytes") from None
    except LookoutError as reason:
        raise _died(reason, narrower) from None
    if failure is not None and failure["kind"] == "TooMany":
        into = option("output", "rows.parquet")
        raise ConfigError(
            f"the rows of the query take more than {byte_size(max_bytes)} of memory",
            f"Ask for fewer (LIMIT), or write them to a file, which takes any number: {into}.",
            key="max_bytes",
        )
    if failure is not None:
        raise _failed(failure)


def _died(reason: LookoutError, narrower: str) -> LookoutError:
    """The process is gone: ended by the machine, which had no memory left for it, or by a query too much for polars."""
    if reason.fields.get("signal") in _BY_A_FAULT:
        return ConfigError(
            f"the query was too much for polars, which died of it ({reason.fields['signal']})",
            "Shorten it, or write it more simply.",
            key="sql",
        )
    return UnreadableSource(
        f"the query was ended from outside ({reason.problem})", narrower, source="log", reason=reason.problem
    )


def _failed(failure: dict[str, str]) -> LookoutError:
    if failure["kind"] == "ConfigError":
        return ConfigError(failure["problem"], failure["remedy"], key="sql")
    if failure["kind"] == "OSError":
        return UnreadableSource(
            f"the log cannot be read: {failure['problem']}",
            "Check the place and the network, and ask again.",
            source="log",
            reason=failure["problem"],
        )
    return ConfigError(
        f"the query is wrong: {failure['problem']}",
        'Columns with a dot stand in double quotes: SELECT "tag.camera" FROM log.',
        key="sql",
    )


# In the other process.


def _work(task: dict[str, Any], report: Report) -> dict[str, str] | None:
    """Write the rows; what is wrong with the query or the log, where something is."""
    most_bytes = task.get("most_output_bytes")
    try:
        if most_bytes is not None:
            _bound_files(most_bytes)
        _write_rows(task)
    except ConfigError as reason:
        return {"kind": "ConfigError", "problem": reason.problem, "remedy": reason.remedy}
    # Panics of polars' runtime derive from BaseException.
    except BaseException as reason:
        if most_bytes is not None and _size(task["output"]) >= most_bytes:
            return {"kind": "TooMany"}
        kind = "OSError" if isinstance(reason, OSError | LookoutError) else type(reason).__name__
        return {"kind": kind, "problem": _in_short(str(reason))}
    return None


def _bound_files(most_bytes: int) -> None:
    """No file that this process writes grows beyond so many bytes, be it in a folder that lies in memory."""
    with suppress(ImportError, OSError, ValueError):  # Windows; a narrower bound that is set already
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


def _size(path: str) -> int:
    try:
        return os.path.getsize(path)
    except OSError:
        return 0


def _in_short(problem: str) -> str:
    """Without the plan, and the list of all columns, that polars adds."""
    return re.split(r"\n\n|; valid columns", problem.strip())[0][:300]


def _write_rows(task: dict[str, Any]) -> None:
    polars = need("polars", "log")
    frame = lazy_frame(open_table(task["directory"], task["storage_options"]), LogFilter(**task["which"]))
    refuse_files(task["sql"], polars)
    rows = polars.SQLContext(log=frame).execute(task["sql"], eager=False)
    if task["limit"] is not None:
        rows = rows.limit(task["limit"])
    # Arrow has no integers of 128 bits.
    wide = [name for name, kind in rows.collect_schema().items() if kind in (polars.Int128, polars.UInt128)]
    rows = rows.with_columns(polars.col(wide).cast(polars.Decimal(38, 0)))
    write: dict[str, Callable[[], Any]] = {
        "arrow": lambda: rows.sink_ipc(task["output"]),
        "parquet": lambda: rows.sink_parquet(task["output"]),
        "jsonl": lambda: _hashes_as_text(polars, rows).sink_ndjson(task["output"]),
        "csv": lambda: _flat(polars, _hashes_as_text(polars, rows), raw=task["raw"]).sink_csv(task["output"]),
    }
    write[task["form"]]()


def _hashes_as_text(polars: Any, frame: Any) -> Any:
    def texts(hashes: Any) -> Any:
        return polars.Series(hashes.name, [None if one is None else hash_text(one) for one in hashes], polars.String)

    schema = frame.collect_schema()
    return frame.with_columns(
        polars.col(name).map_batches(texts, return_dtype=polars.String, is_elementwise=True)
        for name in HASHES
        if name in schema and schema[name].is_integer()
    )


def _flat(polars: Any, frame: Any, *, raw: bool) -> Any:
    """As CSV has it: cells that hold several values as JSON, and what a spreadsheet would run marked as text."""
    schema = frame.collect_schema()
    nested = [name for name, kind in schema.items() if kind.is_nested()]
    # JSON of an object with one key, without the object around it.
    flat = frame.with_columns(
        polars.when(polars.col(name).is_not_null())
        .then(polars.struct(name).struct.json_encode().str.slice(len(json.dumps(name)) + 2).str.head(-1))
        .alias(name)
        for name in nested
    )
    if raw:
        return flat
    texts = [name for name, kind in schema.items() if kind in (polars.String, polars.Categorical, polars.Enum)]
    marks = [(name, harmless) for name in texts] + [(name, harmless_json) for name in nested]
    return flat.with_columns(_marked(polars, name, mark) for name, mark in marks).rename(harmless)


def _marked(polars: Any, name: str, mark: Callable[[str], str]) -> Any:
    """A column of texts with those marked that a spreadsheet would run."""

    def marked(cells: Any) -> Any:
        if not cells.str.contains(SUSPECT).any():
            return cells  # nearly always
        return polars.Series(cells.name, [None if one is None else mark(one) for one in cells], polars.String)

    texts = polars.col(name).cast(polars.String)
    return texts.map_batches(marked, return_dtype=polars.String, is_elementwise=True)


if __name__ == "__main__":
    serve_task(_work)
