"""The log's table is read by other programs, without LookOutCV."""

from __future__ import annotations

from pathlib import Path

import deltalake
import duckdb
import numpy as np
import polars as pl
import pytest

import lookoutcv as lo


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Two models, two schemas: the second has a tag and a metric that the first lacks."""
    pixels = np.random.default_rng(1).integers(0, 255, (16, 16, 3), dtype=np.uint8)
    with lo.ClassificationLogger("pets", enabled_metrics=[], directory=tmp_path) as log:
        for name in "abc":
            assert log.log_prediction(None, "cat", 0.5, f"{name}.jpg", scores=[0.5, 0.5])
    with lo.DetectionLogger("cars", enabled_metrics="exposure.contrast", directory=tmp_path, tags={"site": "n"}) as log:
        assert log.log_prediction(pixels, ["car", "bus"], [0.9, 0.8], "d.jpg", boxes=[[0, 0, 9, 9], [1, 1, 5, 5]])
    return tmp_path


def test_polars(place: Path) -> None:
    found = pl.scan_delta(str(place)).filter(pl.col("model") == "cars").collect()
    assert found["tag.site"].to_list() == ["n"]
    assert [one["label"] for one in found["objects"].to_list()[0]] == ["car", "bus"]
    counts = pl.scan_delta(str(place)).group_by("model").len().sort("model").collect()
    assert counts.rows() == [("cars", 1), ("pets", 3)]


def test_pandas(place: Path) -> None:
    found = deltalake.DeltaTable(str(place)).to_pandas()
    assert sorted(found["id"]) == ["a.jpg", "b.jpg", "c.jpg", "d.jpg"]
    assert found.set_index("id").loc["d.jpg", "exposure.contrast"] > 0


def test_duckdb(place: Path) -> None:
    log = deltalake.DeltaTable(str(place)).to_pyarrow_dataset()
    with duckdb.connect() as connection:
        connection.register("log", log)
        rows = connection.execute("SELECT model, count(*), avg(confidence) FROM log GROUP BY 1 ORDER BY 1").fetchall()
        boxes = connection.execute("SELECT unnest(objects).label AS label FROM log ORDER BY label").fetchall()
    assert rows == [("cars", 1, pytest.approx(0.9)), ("pets", 3, pytest.approx(0.5))]
    assert boxes == [("bus",), ("car",)]
