import csv
import io
import json
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest

from lookoutcv.csv_cells import true_text
from lookoutcv.records.conform import conform
from lookoutcv.records.schema import FIXED
from lookoutcv.records.writers import WRITERS, Form

NASTY = ["plain.jpg", 'a "quoted", name', "two\nlines\r\n", "=1+1", "ü/ж/图.png", "", " lead", "\u2028", "\\"]


def records() -> pa.Table:
    n = len(NASTY)
    nothing = [None] * (n - 2)
    return conform(
        pa.table(
            {
                "id": NASTY,
                "time": pa.array([datetime(2024, 1, 1, 12, tzinfo=UTC)] + [None] * (n - 1), pa.timestamp("us", "UTC")),
                "label": ["null", "", *nothing],
                "content_hash": pa.array([2**64 - 1, 1, *nothing], pa.uint64()),
                "tags": pa.array([[("site", 'n"1')], [], *nothing], pa.map_(pa.string(), pa.string())),
                "test.grey": pa.array(
                    [0.1, float("nan"), None, float("inf"), 1e-7, *[16777216.0] * (n - 5)], pa.float32()
                ),
            }
        ),
        FIXED,
    )


def written(form: Form, table: pa.Table, rows: int = 4) -> str:
    sink = io.BytesIO()
    writer = WRITERS[form](sink, table.schema)
    for batch in table.to_batches(max_chunksize=rows):
        writer.write(batch)
    writer.close({"ignored": "by text"})
    assert not sink.closed
    return sink.getvalue().decode()


def test_csv_has_a_header_and_a_line_for_each_row() -> None:
    rows = list(csv.DictReader(io.StringIO(written("csv", records()), newline="")))
    assert [true_text(row["id"]) for row in rows] == NASTY
    assert rows[0]["time"] == "2024-01-01T12:00:00Z"
    assert rows[0]["label"] == "null"
    assert rows[0]["content_hash"] == "ffffffffffffffff"
    assert json.loads(rows[0]["tags"]) == {"site": 'n"1'}
    assert [row["test.grey"] for row in rows[:5]] == ["0.1", "", "", "", "1e-7"]
    assert (rows[2]["tags"], rows[2]["content_hash"], rows[2]["width_px"]) == ("", "", "")


def test_json_is_one_array_with_an_object_a_line() -> None:
    text = written("json", records())
    rows = json.loads(text)
    assert [row["id"] for row in rows] == NASTY
    assert list(rows[0]) == records().column_names
    assert rows[0]["tags"] == {"site": 'n"1'}
    assert (rows[1]["tags"], rows[2]["tags"]) == ({}, None)
    assert [row["test.grey"] for row in rows[:5]] == [0.1, None, None, None, 1e-7]
    assert (rows[0]["content_hash"], rows[1]["content_hash"]) == ("ffffffffffffffff", "0000000000000001")
    lines = text.split("\n")
    assert (lines[0], lines[-2:]) == ("[", ["]", ""])
    assert [json.loads(line.rstrip(",")) for line in lines[1:-2]] == rows


@pytest.mark.parametrize(("form", "empty"), [("csv", 1), ("json", 1)])
def test_no_rows_make_a_valid_file(form: Form, empty: int) -> None:
    text = written(form, records().slice(0, 0))
    assert len(text.splitlines()) == empty
    assert form == "csv" or json.loads(text) == []


@pytest.mark.parametrize("form", ["csv", "json"])
def test_text_does_not_depend_on_how_the_rows_were_cut(form: Form) -> None:
    assert written(form, records(), rows=1) == written(form, records(), rows=100)


@pytest.mark.parametrize("form", ["csv", "json"])
def test_numbers_are_the_same_float32_again(form: Form) -> None:
    values = np.random.default_rng(0).lognormal(0, 20, 500).astype(np.float32)
    table = conform(pa.table({"id": [str(i) for i in range(500)], "test.grey": values}), FIXED)
    text = written(form, table)
    rows = json.loads(text) if form == "json" else list(csv.DictReader(io.StringIO(text)))
    assert np.array([row["test.grey"] for row in rows], np.float32).tolist() == values.tolist()
