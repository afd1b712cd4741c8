"""SQL over the log: what is let through, what comes back, and that it ends."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

import lookoutcv as lo
from lookoutcv.errors import ConfigError, LookoutError, OutputUnwritable, SourceNotFound
from lookoutcv.log.reading.sql_check import checked, refuse_files


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
        "/* /* */ SELECT */ DELETE FROM log",
        "SELECT '" + "x" * 20_000 + "'",
    ],
)
def test_whatever_else_is_refused(place: Path, sql: str) -> None:
    with pytest.raises(ConfigError, match=r"is not run.*Give one SELECT") as error:
        lo.open_log(place).query(sql)
    assert error.value.fields["key"] == "sql"


# Wherever a table can stand, and whatever hides it from a search: quotes, comments, other texts before it.
TABLE_PLACES = (
    "SELECT * FROM {}",
    "FROM {}",
    "SELECT * FROM ({})",
    "SELECT * FROM log JOIN {} r ON true",
    "SELECT * FROM log, {} AS r",
    "SELECT * FROM log WHERE id IN (SELECT id FROM {})",
    "SELECT * FROM log WHERE id = ANY(SELECT id FROM {})",
    "SELECT * FROM log WHERE EXISTS (SELECT 1 FROM {})",
    "SELECT (SELECT max(b) FROM {}) FROM log",
    "SELECT id FROM log GROUP BY id HAVING (SELECT max(b) FROM {}) > 0",
    "SELECT id FROM log ORDER BY (SELECT max(b) FROM {})",
    "SELECT CASE WHEN (SELECT true FROM {}) THEN 1 ELSE 2 END FROM log",
    "SELECT id FROM log UNION ALL SELECT id FROM {}",
    "WITH a AS (SELECT * FROM {}) SELECT * FROM a",
    "WITH read_csv AS (SELECT 1) SELECT * FROM {}",
    "SELECT E'\\'', (SELECT 1 FROM {}) -- '",
    "SELECT $$ ' $$, (SELECT 1 FROM {}) -- '",
    "SELECT 'it''s', (SELECT 1 FROM {}) /* ' */",
    "SELECT 1; SELECT * FROM {}",
)
FILE_FUNCTIONS = (
    "read_csv('/etc/passwd')",
    "READ_PARQUET /**/ ('/etc/passwd')",
    "\"read_csv\"('/etc/passwd')",
    "`read_ipc`('/etc/passwd')",
    "'read_json'('/etc/passwd')",
    "read_csv -- (\n('/etc/passwd')",
)


@pytest.mark.parametrize("function", FILE_FUNCTIONS)
def test_a_function_that_opens_files_is_refused_wherever_it_stands(function: str) -> None:
    for sql in TABLE_PLACES:
        with pytest.raises(ConfigError, match=r"(?i)read_\w+ reads files") as error:
            refuse_files(sql.format(function), pl)
        assert error.value.fields["key"] == "sql"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM '/etc/passwd'",
        'SELECT * FROM "/etc/passwd"',
        "SELECT * FROM log, LATERAL read_csv('/etc/passwd')",
        "SELECT * FROM TABLE(read_csv('/etc/passwd'))",
        "SELECT read_csv('/etc/passwd')",
        "SELECT * FROM a.read_csv('/etc/passwd')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM file('/etc/passwd')",
        "SELECT * FROM scan_csv('/etc/passwd')",
        "SELECT getenv('HOME')",
        "SELECT * INTO a FROM log",
        "COPY log TO '/tmp/a.csv'",
        "COPY log FROM '/etc/passwd'",
        "ATTACH DATABASE '/tmp/a.db' AS a",
        "INSTALL httpfs",
        "LOAD httpfs",
        "PRAGMA database_list",
        "SET a = 1",
        "INSERT INTO log SELECT 1",
    ],
)
def test_what_else_other_engines_open_files_with_is_nothing_to_polars(sql: str) -> None:
    context = pl.SQLContext(log=pl.LazyFrame({"id": ["a"]}))

    def run() -> None:
        refuse_files(sql, pl)
        context.execute(sql, eager=False).collect()

    with pytest.raises((pl.exceptions.PolarsError, ConfigError)):
        run()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM log WHERE id = 'scan_front.jpg'",
        "SELECT id AS read_csv FROM log AS scan_log",
        "SELECT 'FROM read_csv(1)' FROM log -- FROM read_csv(2)",
        "WITH read_me AS (SELECT id FROM log) SELECT * FROM read_me",
        'SELECT l."id" FROM log l JOIN log m ON l.id = m.id',
    ],
)
def test_names_that_look_like_such_functions_are_let_through(sql: str) -> None:
    refuse_files(sql, pl)
    assert pl.SQLContext(log=pl.LazyFrame({"id": ["a"]})).execute(checked(sql), eager=True) is not None


def test_a_picture_is_found_by_a_name_like_a_function(tmp_path: Path) -> None:
    with lo.ClassificationLogger("cars", enabled_metrics=[], directory=tmp_path) as log:
        for name in ("scan_front.jpg", "read_me.png"):
            log.log_prediction(None, "car", 0.5, image_name=name)
    sql = "SELECT id FROM log WHERE id = 'scan_front.jpg'"
    assert lo.open_log(tmp_path).query(sql).to_pylist() == [{"id": "scan_front.jpg"}]


@pytest.mark.parametrize(
    "sql",
    [
        f"SELECT {'+'.join(['1'] * 9_900)} AS a FROM log",
        f"SELECT id FROM log WHERE {' OR '.join(['1=2'] * 1_100)}",
        f"SELECT abs(1, {'-'.join(['1'] * 2_000)}) FROM log",
        " UNION ".join(["SELECT 1 FROM log"] * 500),
    ],
)
def test_what_is_too_long_for_the_parser_is_told(place: Path, sql: str) -> None:
    with pytest.raises(ConfigError, match=r"words and signs follow each other.*IN \(1, 2, 3\)"):
        lo.open_log(place).query(sql)


def test_what_is_nested_too_deeply_is_told(place: Path) -> None:
    with pytest.raises(ConfigError, match=r"nested too deeply.*WITH part AS"):
        lo.open_log(place).query(f"SELECT {'(' * 200}1{')' * 200} FROM log")


def test_long_lists_and_sums_of_people_are_let_through(place: Path) -> None:
    numbers = ",".join(map(str, range(3_000)))
    assert lo.open_log(place).query(f"SELECT count(*) AS n FROM log WHERE CAST(id AS INT) IN ({numbers})").num_rows == 1
    total = lo.open_log(place).query(f"SELECT {'+'.join(['1'] * 300)} AS total FROM log LIMIT 1")
    assert total.to_pylist() == [{"total": 300}]


def test_a_query_that_its_process_dies_of_is_told_plainly(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, told in (("SIGSEGV", r"too much for polars.*\(SIGSEGV\).*Shorten it"), ("SIGKILL", "ended from outside")):

        def dies(*_: object, name: str = name, **__: object) -> None:
            raise LookoutError("the system ended it", signal=name)

        monkeypatch.setattr("lookoutcv.log.reading.query.run_isolated", dies)
        with pytest.raises(LookoutError, match=told):
            lo.open_log(place).query("SELECT id FROM log")


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


@pytest.mark.skipif(os.name != "posix", reason="bounds of files")
def test_rows_that_would_take_too_much_memory_here_are_refused_and_a_file_takes_them(
    place: Path, tmp_path: Path
) -> None:
    many = "SELECT a.time, b.time AS b, c.time AS c, d.time AS d, a.time AS e FROM log a, log b, log c, log d"
    log = lo.open_log(place)
    # 60 ** 4 rows of 40 bytes.
    with pytest.raises(ConfigError, match=r"query take more than [0-9]+ MB of memory.*LIMIT.*output='rows\.parquet'"):
        log.query(many, max_bytes=400 << 20)
    assert log.query(many, max_bytes=400 << 20, limit=1000).num_rows == 1000
    assert pq.read_metadata(log.query(many, max_bytes=1 << 30, output=tmp_path / "a.parquet")).num_rows == 60**4
