"""What the log holds comes out as it is, by every way out: whatever its size, with gaps, of every type."""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
from decimal import Decimal
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import lookoutcv as lo
from lookoutcv.cli.log.rows import rows_of
from lookoutcv.log.reading.read import As, in_form
from terminal import Terminal

ENDS = {
    kind: (2 ** (bits - 1) - 1, -(2 ** (bits - 1)))
    for kind, bits in ((pa.int64(), 64), (pa.int32(), 32), (pa.int8(), 8))
}
ENDS |= {kind: (2**bits - 1, 0) for kind, bits in ((pa.uint64(), 64), (pa.uint32(), 32), (pa.uint8(), 8))}
BIG = 2**60 + 1
NOON = dt.datetime(2026, 7, 1, 12, 0, 0, 123457, dt.UTC)
BERLIN = pa.timestamp("us", "Europe/Berlin")
COLUMNS = {
    **{f"{kind}": pa.array([most, None, least], kind) for kind, (most, least) in ENDS.items()},
    "truth": pa.array([True, None, False]),
    "utc": pa.array([NOON, None, NOON], pa.timestamp("us", "UTC")),
    "zone": pa.array([NOON, None, NOON], BERLIN),
    "bare": pa.array([NOON.replace(tzinfo=None), None, None], pa.timestamp("us")),
    "day": pa.array([dt.date(1, 1, 1), None, dt.date(9999, 12, 31)]),
    "decimal": pa.array([Decimal("12345678901234567890.123"), None, Decimal("0.001")], pa.decimal128(38, 3)),
    "words": pa.array(["a", None, "b"]).dictionary_encode(),
    "numbers": pa.array([BIG, None, 1]).dictionary_encode(),
    "list": pa.array([[BIG, None], None, [1]], pa.list_(pa.int64())),
    "lists": pa.array([[[BIG, None]], None, []], pa.list_(pa.list_(pa.int64()))),
    "object": pa.array([{"n": BIG}, None, {"n": None}], pa.struct([("n", pa.int64())])),
    "objects": pa.array([[{"n": BIG}, {"n": None}], None, []], pa.list_(pa.struct([("n", pa.int64())]))),
    "map": pa.array([[("a", BIG), ("b", None)], None, []], pa.map_(pa.string(), pa.int64())),
    "moments": pa.array([[NOON, None], None, []], pa.list_(pa.timestamp("us", "UTC"))),
    "double": pa.array([123456.0625, None, 0.1]),
    "single": pa.array([0.1, None, 16777215.0], pa.float32()),
}
NANOSECONDS = {
    "ns": pa.array([1_782_907_200_123_456_789, None, 1], pa.timestamp("ns", "UTC")),
    "ns_bare": pa.array([1_782_907_200_123_456_789, None, 1], pa.timestamp("ns")),
    "clock": pa.array([43_200_123_456_789, None, 1], pa.time64("ns")),
}


def _plain(value: object) -> object:
    """A value of pandas or polars as Arrow gives it to Python."""
    if (
        value is None
        or value is pd.NA
        or value is pd.NaT
        or value is pl.Null
        or (isinstance(value, float) and math.isnan(value))
    ):
        return None
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if hasattr(value, "to_pydatetime"):
        return value.to_pydatetime()
    if hasattr(value, "to_list") and not isinstance(value, str):
        return [_plain(one) for one in value.to_list()]
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, list):
        return [tuple(map(_plain, one)) if isinstance(one, tuple) else _plain(one) for one in value]
    return value


@pytest.mark.parametrize("as_", ["arrow", "pandas"])
@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_with_gaps_holds_what_it_held(name: str, as_: As) -> None:
    rows = pa.table({name: COLUMNS[name]})
    column = in_form(rows, as_)[name]
    values = column.to_pylist() if as_ == "arrow" else [_plain(one) for one in column]
    assert values == COLUMNS[name].to_pylist()
    if as_ == "pandas" and pa.types.is_integer(COLUMNS[name].type):
        assert column.dtype == in_form(pa.table({name: COLUMNS[name][:1]}), as_)[name].dtype  # gaps do not change it


@pytest.mark.parametrize("name", [name for name in COLUMNS if name != "map"])  # polars' maps are its own
def test_polars_holds_what_arrow_held(name: str) -> None:
    rows = pa.table({name: COLUMNS[name]})
    assert _plain(in_form(rows, "polars")[name]) == COLUMNS[name].to_pylist()


# pyarrow 25 still asks pandas for values the old way.
@pytest.mark.filterwarnings("ignore:Series.values returning")
@pytest.mark.parametrize("name", NANOSECONDS)
def test_nanoseconds_are_kept(name: str) -> None:
    rows = pa.table({name: NANOSECONDS[name]})
    counts = NANOSECONDS[name].cast(pa.int64())
    for as_ in ("polars", "pandas"):
        frame = in_form(rows, as_)
        back = pa.Table.from_pandas(frame) if as_ == "pandas" else frame.to_arrow()
        assert back.column(name).cast(pa.int64()).to_pylist() == counts.to_pylist()
    shown = [row[name] for row in rows_of(rows)]
    assert shown[1] is None
    assert "123456789" in shown[0]
    assert shown[2].rstrip("Z").endswith("00:00:00.000000001")


def test_rows_for_json_keep_digits() -> None:
    names = [*map(str, ENDS), "numbers", "list", "lists", "object", "objects", "double", "single", "truth"]
    rows = rows_of(pa.table({name: COLUMNS[name] for name in names}))
    again = json.loads(json.dumps(rows, allow_nan=False))
    for name in names:
        want = COLUMNS[name].to_pylist()
        assert [row[name] for row in again] == ([0.1, None, 16777215.0] if name == "single" else want), name
    assert rows_of(pa.table({"decimal": COLUMNS["decimal"]}))[0] == {"decimal": "12345678901234567890.123"}
    assert rows_of(pa.table({"map": COLUMNS["map"]}))[0] == {"map": {"a": BIG, "b": None}}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("log")
    with lo.ClassificationLogger("cars", enabled_metrics=[], directory=folder) as log:
        for name in ("a", "b"):
            assert log.log_prediction(None, "car", 0.5, image_name=name)
    return folder


# One row with values of 64 bits, and one with gaps.
SQL = """SELECT id, CASE WHEN id = 'a' THEN 5692549928996306558 END AS content_hash,
    CASE WHEN id = 'a' THEN 9223372036854775807 END AS n, CASE WHEN id = 'a' THEN true END AS truth,
    CASE WHEN id = 'a' THEN CAST(123456.0625 AS DOUBLE) END AS x,
    CASE WHEN id = 'a' THEN CAST(170141183460469231731 AS HUGEINT) END AS wide
    FROM log ORDER BY id"""
HASH = f"{5692549928996306558:016x}"


def test_a_query_gives_what_it_found(place: Path) -> None:
    log = lo.open_log(place)
    frame = log.query(SQL, as_="pandas")
    assert (frame["content_hash"][0], frame["n"][0], frame["truth"][0]) == (5692549928996306558, 2**63 - 1, True)
    assert frame["n"][1] is pd.NA
    assert str(frame["truth"].dtype) == "boolean"
    assert log.query(SQL, as_="polars")["n"].to_list() == [2**63 - 1, None]
    assert log.query(SQL).column("wide").to_pylist() == [170141183460469231731, None]


def test_a_read_column_of_hashes_with_gaps_stays_of_integers(tmp_path: Path, rng) -> None:
    with lo.ClassificationLogger("cars", enabled_metrics=["exposure.contrast"], directory=tmp_path) as log:
        for name in ("a", "b"):
            image = rng.integers(0, 255, (20, 20, 3), dtype="uint8") if name == "a" else None
            assert log.log_prediction(image, "car", 0.5, image_name=name)
    log = lo.open_log(tmp_path)
    want = log.read(columns=["id", "content_hash"]).to_pylist()
    frame = log.read(columns=["id", "content_hash"], as_="pandas")
    assert [_plain(one) for one in frame["content_hash"]] == [row["content_hash"] for row in want]
    assert sum(row["content_hash"] is None for row in want) == 1
    assert str(frame["content_hash"].dtype) == "Int64"


def test_files_of_a_query_hold_what_it_found(place: Path, tmp_path: Path) -> None:
    log = lo.open_log(place)
    log.query(SQL, output=tmp_path / "a.parquet")
    assert pq.read_table(tmp_path / "a.parquet").column("n").to_pylist() == [2**63 - 1, None]
    log.query(SQL, output=tmp_path / "a.jsonl")
    first, second = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert (first["n"], first["content_hash"], first["x"]) == (2**63 - 1, HASH, 123456.0625)
    assert second["n"] is second["content_hash"] is second["truth"] is None
    log.query(SQL, output=tmp_path / "a.csv")
    with open(tmp_path / "a.csv", newline="") as file:
        first, second = csv.DictReader(file)
    assert (first["n"], first["content_hash"], first["truth"]) == (str(2**63 - 1), HASH, "true")
    assert float(first["x"]) == 123456.0625
    assert second["n"] == second["content_hash"] == ""


def test_the_command_line_prints_what_it_found(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lookout = Terminal(capsys)
    query = ("log", "query", SQL, "--directory", str(place))
    first, second = json.loads(_printed(lookout, *query, "--json"))
    assert (first["n"], first["content_hash"], first["x"]) == (2**63 - 1, HASH, 123456.0625)
    assert (first["truth"], second["n"]) == (True, None)
    first, second = csv.DictReader(_printed(lookout, *query, "--csv").splitlines())
    assert (first["n"], first["content_hash"], float(first["x"])) == (str(2**63 - 1), HASH, 123456.0625)
    assert second["n"] == ""
    assert str(2**63 - 1) in _printed(lookout, *query)


def _printed(lookout: Terminal, *words: object) -> str:
    assert lookout(*words) == 0, lookout.err
    return lookout.out
