"""The table that loggers write: its columns, its filters, its rows as records."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import lookoutcv as lo
from lookoutcv.errors import NotOurFile, SourceNotFound
from lookoutcv.log.table.log_filter import LogFilter
from lookoutcv.log.table.log_table import open_table
from lookoutcv.log.table.schema import BASE, table_schema, tag_columns, to_records
from lookoutcv.metric_selection import select_metrics
from lookoutcv.records.schema import FIXED

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for model, version in (("cars", "1"), ("cars", "2"), ("pets/é", None)):
        with lo.ClassificationLogger(model, model_version=version, enabled_metrics=[], directory=tmp_path) as log:
            for hour in range(4):
                assert log.log_prediction(None, "cat", 0.5, f"{hour}.jpg", time=NOON + timedelta(hours=6 * hour))
    return tmp_path


def times(place: Path, **filters: object) -> list[datetime]:
    batches = open_table(place).scan(LogFilter(**filters), ["time"])  # type: ignore[arg-type]
    return sorted(time for batch in batches for time in batch.column("time").to_pylist())


def test_rows_are_of_a_model_a_version_and_a_time(place: Path) -> None:
    assert len(times(place)) == 12
    assert len(times(place, model="cars")) == 8
    assert len(times(place, model="pets/é")) == 4
    assert len(times(place, model="cars", version="2")) == 4
    six = NOON + timedelta(hours=6)
    assert times(place, model="pets/é", since=six, until=NOON + timedelta(hours=12)) == [six]
    assert times(place, model="nothing") == []


def test_it_says_which_models_there_are(place: Path) -> None:
    table = open_table(place)
    assert table.models == ["cars", "pets/é"]
    assert set(BASE.names) <= set(table.schema.names)


def test_partitions_are_model_and_day(place: Path) -> None:
    assert {p["day"] for p in open_table(place).delta.partitions()} == {"2026-05-04", "2026-05-05"}


def test_a_row_is_a_record(tmp_path: Path) -> None:
    pixels = np.random.default_rng(1).integers(0, 255, (40, 60, 3), dtype=np.uint8)
    metrics = ["exposure.contrast", "identity.phash"]
    with lo.ClassificationLogger("m", enabled_metrics=metrics, directory=tmp_path, tags={"Site": "north"}) as log:
        assert log.log_prediction(pixels, "cat", 0.75, "a.png", scores=[0.75, 0.25], tags={"odd name": "x"})
    record = pa.Table.from_batches(open_table(tmp_path).records()).to_pylist()[0]
    one = lo.measure(pixels, metrics=metrics)
    assert {name: record[name] for name in ("width_px", "height_px", "format", "content_hash")} == {
        name: one.facts[name] for name in ("width_px", "height_px", "format", "content_hash")
    }
    assert record["identity.phash"] == one["identity.phash"]
    assert record["exposure.contrast"] == pytest.approx(one["exposure.contrast"])
    assert (record["id"], record["prediction"]) == ("a.png", "cat")
    assert record["tags"] == [("site", "north"), ("odd name", "x")]
    assert record["output.confidence"] == pytest.approx(0.75)
    assert {"confidence", "sequence", "writer"}.isdisjoint(record)


def test_tag_columns_are_folded_row_by_row() -> None:
    rows = pa.table({"id": ["a", "b", "c"], "tag.x": ["1", None, None], "tag.y": ["2", "3", None]})
    assert to_records(rows).column("tags").to_pylist() == [[("x", "1"), ("y", "2")], [("y", "3")], None]
    assert to_records(rows.slice(1)).column("tags").to_pylist() == [[("y", "3")], None]
    assert to_records(rows.slice(0, 0)).num_rows == 0


def test_names_that_delta_refuses_are_no_columns() -> None:
    names = {"camera": "", "Camera": "", "a,b": "", "": "", "x" * 65: "", "é": ""}
    columns, others = tag_columns(names)
    assert set(columns) == {"tag.camera"}
    assert set(others) == {"Camera", "a,b", "", "x" * 65, "é"}


def test_hashes_keep_all_their_bits() -> None:
    rows = pa.table({"id": ["a"], "identity.phash": pa.array([2**64 - 5], pa.uint64()).view(pa.int64())})
    assert to_records(rows).column("identity.phash").to_pylist() == [2**64 - 5]


def test_a_stored_row_has_every_column_of_a_record() -> None:
    stored = table_schema(select_metrics("all"))
    assert set(FIXED.names) - {"batch"} <= set(stored.names)
    assert not [field.name for field in stored if pa.types.is_unsigned_integer(field.type)]


def test_where_there_is_no_log(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFound, match="flush"):
        open_table(tmp_path)


def test_another_delta_table_is_not_touched(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    import deltalake

    deltalake.write_deltalake(tmp_path, pa.table({"a": [1]}))
    with pytest.raises(NotOurFile, match="another directory"):
        open_table(tmp_path)
    log = lo.ClassificationLogger("m", enabled_metrics=[], directory=tmp_path)
    assert log.log_prediction(None, "cat", 0.5)
    assert not log.flush(timeout=0.5)
    assert "no prediction log" in str(log.stats().problem)
    assert not log.close(timeout=0.5)
    assert deltalake.DeltaTable(tmp_path).version() == 0
