"""Rows of the log read: in every form, narrowed, the last ones, one of them, those that come; as a file; drawn."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import lookoutcv as lo
from lookoutcv.errors import ConfigError, NoImages, SourceNotFound, UsageError
from lookoutcv.log.writing import worker

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
ODD = 'o\'dd*?[x] "name"/%00.jpg'


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("log")
    pixels = np.random.default_rng(1).integers(0, 255, (8, 8, 3), dtype=np.uint8)
    for version in ("1", "2"):
        # Every image is measured, however busy the machine is.
        with (
            patch.multiple(worker, WINDOW_SECONDS=60.0),
            patch.object(worker.SpareTime, "any_left", return_value=True),
            lo.ClassificationLogger(
                "a/b", model_version=version, enabled_metrics="exposure", directory=folder, tags={"site": version}
            ) as log,
        ):
            for hour in range(50):
                name = ODD if hour == 7 else f"{version}/{hour}.jpg"
                tags = {"odd name": "x'y"} if hour % 2 else {}
                when = NOON + timedelta(hours=hour)
                assert log.log_prediction(pixels, "dog" if hour % 5 else "cat", 0.5, name, time=when, tags=tags)
    with lo.DetectionLogger("boxes", enabled_metrics=[], directory=folder) as log:
        for minute in range(3):
            when = NOON + timedelta(minutes=minute)
            assert log.log_prediction(None, ["car"] * minute, boxes=[[0, 0, 1, 1]] * minute, time=when)
    return folder


def test_every_form_holds_the_same(place: Path) -> None:
    def read(as_: str) -> object:
        return lo.open_log(place).read(model="a/b", since="2026-05-05", columns=["id", "time"], as_=as_)  # type: ignore[arg-type]

    arrow, batches = read("arrow"), read("batches")
    assert isinstance(arrow, pa.Table)
    assert arrow.num_rows == 76
    assert isinstance(batches, pa.RecordBatchReader)
    assert batches.read_all() == arrow
    frame, lazy, pandas = read("polars"), read("lazy"), read("pandas")
    assert isinstance(frame, pl.DataFrame)
    assert isinstance(lazy, pl.LazyFrame)
    assert lazy.sort("id", "time").collect().equals(frame.sort("id", "time"))
    assert isinstance(pandas, pd.DataFrame)
    assert list(pandas["id"]) == frame["id"].to_list()


@pytest.mark.parametrize(
    ("narrow", "rows"),
    [
        ({"version": "2"}, 50),
        ({"tags": {"site": "1"}}, 50),
        ({"tags": {"Site": "1", "odd name": "x'y"}}, 25),
        ({"tags": {"odd name": "x'y"}}, 50),
        ({"tags": {"odd name": "' OR 1=1 --"}}, 0),
        ({"tags": {"nobody": "1"}}, 0),
        ({"since": "2026-05-04T13:00Z", "until": "2026-05-04"}, 22),
        ({"until": NOON + timedelta(hours=1)}, 2),
        ({"model": "a/b' OR '1'='1"}, 0),
    ],
)
def test_arrow_and_polars_narrow_alike(place: Path, narrow: dict[str, object], rows: int) -> None:
    which = {"model": "a/b", **narrow}
    assert lo.open_log(place).read(columns=["id"], **which).num_rows == rows  # type: ignore[arg-type]
    assert lo.open_log(place).read(as_="lazy", **which).select(pl.len()).collect().item() == rows  # type: ignore[arg-type]


def test_what_cannot_be_read_is_told(place: Path) -> None:
    with pytest.raises(ConfigError, match="Did you mean 'confidence'"):
        lo.open_log(place).read(columns=["confidense"])
    with pytest.raises(ConfigError, match="as_ is 'numpy'"):
        lo.open_log(place).read(as_="numpy")  # type: ignore[arg-type]
    with pytest.raises(SourceNotFound):
        lo.open_log(place / "nothing").read()


def test_the_overview(place: Path) -> None:
    found = lo.open_log(place).list()
    ab, boxes = found.models
    assert (ab.model, ab.rows, ab.versions, ab.days) == ("a/b", 100, {"2": 50, "1": 50}, 3)
    assert ab.states == {"measured": 100}
    assert ab.last == "2026-05-06T13:00:00+00:00"
    assert ab.bytes is not None
    assert ab.bytes + (boxes.bytes or 0) == sum(file.stat().st_size for file in place.glob("model=*/*/*.parquet"))
    assert (boxes.rows, boxes.versions, found.waiting) == (3, {"": 3}, 0)
    assert lo.open_log(place).list(version="1").models[0].bytes is None


def test_the_overview_counts_what_waits(place: Path, tmp_path: Path) -> None:
    own = tmp_path / "log"
    shutil.copytree(place, own)
    with lo.ClassificationLogger("w", enabled_metrics=[], directory=own, durability="record", commit_seconds=99) as log:
        assert log.log_prediction(None, "cat")
        found = lo.open_log(own).list()
        assert found.waiting == 1
        assert found.waiting_bytes > 0
        log._engine.abandon()  # as if it were killed: the row is not for the other tests
        log._engine.closed = True


def test_the_last_rows_come_in_order(place: Path) -> None:
    found = lo.open_log(place).tail(n=5, model="a/b")
    assert found.column("time").to_pylist() == [NOON + timedelta(hours=h) for h in (47, 48, 48, 49, 49)]
    assert lo.open_log(place).tail(n=60, model="a/b", version="1").num_rows == 50
    assert lo.open_log(place).tail(model="none").num_rows == 0
    with pytest.raises(ConfigError, match="n is 0"):
        lo.open_log(place).tail(n=0)


def test_one_image_is_found_by_its_very_name(place: Path) -> None:
    rows = lo.open_log(place).show(ODD)
    assert [row["model_version"] for row in rows] in (["1", "2"], ["2", "1"])
    assert "retained_image" not in rows[0]
    for name in ("*", "o'dd*?[x]", "' OR '1'='1", "1/%.jpg"):
        with pytest.raises(SourceNotFound, match="lookout log tail"):
            lo.open_log(place).show(name)


def test_a_retained_image_has_a_place(tmp_path: Path) -> None:
    with lo.ClassificationLogger("m", enabled_metrics=[], directory=tmp_path, image_retention="all") as log:
        assert log.log_prediction(np.zeros((8, 8, 3), np.uint8), "cat", image_name="a")
    assert Path(lo.open_log(tmp_path).show("a")[0]["retained_image"]).is_file()


def test_a_file_of_records_is_compared(place: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    assert lo.open_log(place).export(file, model="a/b", version="1") == 50
    loaded = lo.load(file)
    assert isinstance(loaded, lo.Records)
    assert loaded.model is not None
    assert (loaded.model.name, loaded.model.task) == ("a/b 1", "classification")
    report = lo.compare(file, f"log:a/b?version=2&directory={place}")
    assert report.overall_drift_detected is False


def test_lines_and_tables_for_other_programs(place: Path, tmp_path: Path) -> None:
    for suffix in ("csv", "json", "jsonl"):
        assert lo.open_log(place).export(tmp_path / f"a.{suffix}", model="boxes") == 3
    rows = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert [len(row["objects"]) for row in rows] == [0, 1, 2]
    assert json.loads((tmp_path / "a.json").read_text()) == rows
    assert list(pd.read_csv(tmp_path / "a.csv")["output.objects"]) == [0, 1, 2]
    with pytest.raises(SourceNotFound, match="several models"):
        lo.open_log(place).export(tmp_path / "b.csv")
    with pytest.raises(NoImages):
        lo.open_log(place).export(tmp_path / "b.csv", model="boxes", since="2030-01-01")
    with pytest.raises(ConfigError, match=r"\.jsonl"):
        lo.open_log(place).export(tmp_path / "b.xml", model="boxes")
    assert not list(tmp_path.glob("*b.*"))


def test_it_is_drawn(place: Path, tmp_path: Path) -> None:
    text = lo.open_log(place).plot(["rows", "classes", "exposure.brightness"], model="a/b")
    assert isinstance(text, str)
    assert "100 predictions of a/b" in text
    assert "79.2%" in text  # of the 24 dogs and cats of the first half day, 19 are dogs
    page = lo.open_log(place).plot(["confidence"], by="site", model="a/b", output=tmp_path / "p.html")
    html = Path(page).read_text()
    assert html.count('class="chart trend"') == 2
    assert "Confidence: 1" in html
    shares = lo.open_log(place).plot(["classes"], model="boxes")
    assert "Share of car" in str(shares)
    assert "100%" in str(shares)


@pytest.mark.parametrize("ending", ["html", "md", "txt", "pdf"])
def test_a_plot_judges_nothing(place: Path, tmp_path: Path, ending: str) -> None:
    drawn = Path(lo.open_log(place).plot(["rows"], model="a/b", output=tmp_path / f"p.{ending}")).read_bytes()
    if ending == "pdf":
        assert drawn.startswith(b"%PDF")
        return
    text = drawn.decode()
    assert "Prediction log: 100 predictions of a/b" in text
    assert "A point is the median" in text
    assert "****" not in text  # tables without a heading
    assert not any(sign in text for sign in ("\u2705", "\u2713", '<div class="verdict'))


def test_what_cannot_be_drawn_is_told(place: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no measured numbers"):
        lo.open_log(place).plot(["id"])
    with pytest.raises(ConfigError, match=r"no such tag.*site"):
        lo.open_log(place).plot([], by="sight")
    with pytest.raises(NoImages):
        lo.open_log(place).plot([], model="none")
    with pytest.raises(UsageError, match="form of drift reports"):
        lo.open_log(place).plot([], output=tmp_path / "a.xml")
