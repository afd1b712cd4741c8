"""Records survive their file, whatever text they hold."""

from __future__ import annotations

import csv
import io
import json

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from lookoutcv.csv_cells import true_text
from lookoutcv.records.codec import decode, encode
from lookoutcv.records.conform import conform
from lookoutcv.records.schema import FIXED
from lookoutcv.records.text import CsvWriter, JsonWriter

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
TABLES = st.lists(st.tuples(TEXT, st.none() | TEXT, st.dictionaries(TEXT, TEXT, max_size=2)), max_size=8).map(
    lambda rows: conform(
        pa.table(
            {
                "id": pa.array([row[0] for row in rows], pa.string()),
                "label": pa.array([row[1] for row in rows], pa.string()),
                "tags": pa.array([list(row[2].items()) for row in rows], pa.map_(pa.string(), pa.string())),
            }
        ),
        FIXED,
    )
)


@given(TABLES)
@settings(max_examples=60, deadline=None)
def test_parquet_gives_back_the_same_rows(table: pa.Table) -> None:
    assert decode(encode(table))[0].equals(table)


@given(TABLES)
@settings(max_examples=60, deadline=None)
def test_json_and_csv_hold_the_same_text(table: pa.Table) -> None:
    sinks = []
    for kind in (JsonWriter, CsvWriter):
        sinks.append(io.BytesIO())
        writer = kind(sinks[-1], table.schema)
        for batch in table.to_batches():
            writer.write(batch)
        writer.close()
    from_json = json.loads(sinks[0].getvalue())
    # csv.reader stops at NUL on Python 3.10 and earlier only; newline="" keeps line ends inside quotes as they are.
    from_csv = list(csv.DictReader(io.StringIO(sinks[1].getvalue().decode(), newline="")))
    assert [row["id"] for row in from_json] == table["id"].to_pylist()
    assert [row["label"] for row in from_json] == table["label"].to_pylist()
    assert [row["tags"] for row in from_json] == [dict(tags) for tags in table["tags"].to_pylist()]
    assert [true_text(row["id"]) for row in from_csv] == table["id"].to_pylist()
    assert [json.loads(row["tags"]) for row in from_csv] == [dict(tags) for tags in table["tags"].to_pylist()]
