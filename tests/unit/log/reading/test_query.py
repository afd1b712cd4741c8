"""SQL over the log: what is let through, what comes back, and that it ends."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

import lookoutcv as lo
from lookoutcv.errors import ConfigError, OutputUnwritable, SourceNotFound
from lookoutcv.log.reading.sql_check import checked


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("log")
    with lo.DetectionLogger("cars", enabled_metrics=[], directory=folder, tags={"camera": "north"}) as log:
        for i in range(60):
            assert log.log_prediction(None, ["car"] * (i % 3), [0.5] * (i % 3), f"{i}", boxes=[[0, 0, 1, 1]] * (i % 3))
    return folder


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM log",
        "  -- what\n/* how */ (SELECT id FROM log)",
        "WITH a AS (SELECT id FROM log) SELECT count(*) FROM a",
        "select 'drop table log; --' as words from log where id = 'it''s'",
    ],
)
def test_questions_are_let_through(sql: str) -> None:
    assert checked(sql) == sql


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "-- nothing",
        "DROP TABLE log",
        "/* SELECT */ DELETE FROM log",
        "TRUNCATE log",
        "CREATE TABLE a AS SELECT * FROM log",
        "EXPLAIN SELECT * FROM log",
        "SHOW TABLES",
        "FROM log",
        "selection",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM READ_PARQUET /**/ ('/etc/passwd')",
        "SELECT * FROM \"read_csv\"('/etc/passwd')",
        "SELECT * FROM `read_ipc`('/etc/passwd')",
        "SELECT E'\\'', (SELECT 1 FROM read_json('/etc/passwd')) -- '",
        "SELECT $$ ' $$, (SELECT 1 FROM read_json('/etc/passwd')) -- '",
        "SELECT '" + "x" * 20_000 + "'",
    ],
)
def test_whatever_else_is_refused(place: Path, sql: str) -> None:
    with pytest.raises(ConfigError, match=r"is not run.*Give one SELECT") as error:
        lo.open_log(place).query(sql)
    assert error.value.fields["key"] == "sql"


def test_every_function_of_polars_that_opens_files_is_refused() -> None:
    frame = pl.LazyFrame({"a": [1]})
    for name in ("csv", "ipc", "json", "ndjson", "parquet", "delta", "avro", "database", "excel", "lines"):
        for verb in ("read", "scan"):
            sql = f"SELECT * FROM {verb}_{name}('/nothing')"
            with pytest.raises(ConfigError):
                checked(sql)
    # What does not look like these opens nothing.
    for sql in ("SELECT * FROM '/etc/passwd'", "SELECT * FROM glob('/etc/*')", "SELECT * FROM file('/etc/passwd')"):
        with pytest.raises(pl.exceptions.PolarsError):
            pl.SQLContext(log=frame).execute(sql).collect()


def test_rows_come_back(place: Path) -> None:
    sql = 'SELECT "tag.camera" AS camera, count(*) AS n FROM log GROUP BY 1'
    assert lo.open_log(place).query(sql).to_pylist() == [{"camera": "north", "n": 60}]
    assert lo.open_log(place).query(sql, model="none").num_rows == 0
    assert lo.open_log(place).query("SELECT id FROM log", limit=7, as_="polars").shape == (7, 1)


def test_rows_go_to_files(place: Path, tmp_path: Path) -> None:
    sql = "SELECT id, objects, problems FROM log ORDER BY CAST(id AS INT)"
    for suffix in ("csv", "parquet", "jsonl"):
        assert lo.open_log(place).query(sql, output=tmp_path / f"a.{suffix}") == tmp_path / f"a.{suffix}"
    assert pq.read_table(tmp_path / "a.parquet").num_rows == 60
    with open(tmp_path / "a.csv", newline="") as file:
        cells = list(csv.DictReader(file))
    assert [len(json.loads(row["objects"])) for row in cells[:3]] == [0, 1, 2]
    assert cells[0]["problems"] == ""
    lines = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert lines[2]["objects"][1]["label"] == "car"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.csv", "a.jsonl", "a.parquet"]


def test_what_is_wrong_is_told(place: Path, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("before")
    for sql, told in (
        ("SELECT nothing FROM log", 'unable to find column "nothing"'),
        ("SELECT id FROM log; SELECT 1", "one (and only one) statement"),
        ("SELECT id FROM logs", "'logs' was not found"),
        ("SELECT", "sql parser error|query is wrong"),
    ):
        with pytest.raises(ConfigError) as error:
            lo.open_log(place).query(sql, output=tmp_path / "a.csv")
        assert any(part in str(error.value) for part in told.split("|")), str(error.value)
        assert "valid columns" not in str(error.value)
    assert (tmp_path / "a.csv").read_text() == "before"
    assert [file.name for file in tmp_path.iterdir()] == ["a.csv"]
    with pytest.raises(ConfigError, match=r"\.jsonl"):
        lo.open_log(place).query("SELECT id FROM log", output=tmp_path / "a.xlsx")
    with pytest.raises(OutputUnwritable):
        lo.open_log(place).query("SELECT id FROM log", output=tmp_path / "none" / "a.csv")
    with pytest.raises(SourceNotFound):
        lo.open_log(tmp_path).query("SELECT id FROM log")


def test_a_query_that_does_not_end_is_ended(place: Path) -> None:
    endless = f"SELECT sum(length(concat(a.id, h.id))) FROM {', '.join(f'log {name}' for name in 'abcdefgh')}"
    with pytest.raises(ConfigError, match=r"did not end within 1 s|held more than"):
        lo.open_log(place).query(endless, timeout=1, max_bytes=1 << 30)
    with pytest.raises(ConfigError, match="held more than"):
        lo.open_log(place).query("SELECT count(*) FROM log", max_bytes=1 << 20)
