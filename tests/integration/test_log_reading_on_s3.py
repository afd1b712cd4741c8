"""The prediction log on a store that speaks S3, on loopback: read, asked, compared, kept small, forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import lookoutcv as lo
from lookoutcv import clock
from lookoutcv.log.buffer.spool import spool_for

BUCKET = "readings"


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    server = pytest.importorskip("moto.server").ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    import boto3
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()  # a client kept from another test asks a server that is gone
    server.start()
    url = f"http://127.0.0.1:{server._server.server_port}"
    for name, value in {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_REGION": "us-east-1",
        "AWS_ALLOW_HTTP": "true",
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }.items():
        monkeypatch.setenv(name, value)
    boto3.client("s3", endpoint_url=url, region_name="us-east-1").create_bucket(Bucket=BUCKET)
    yield f"s3://{BUCKET}/{tmp_path.name}"
    s3fs.S3FileSystem.clear_instance_cache()
    server.stop()


def keys(place: str) -> list[str]:
    import boto3

    found = boto3.client("s3").list_objects_v2(Bucket=BUCKET, Prefix=place.rpartition("/")[2])
    return [one["Key"].partition("/")[2] for one in found.get("Contents", ())]


def test_everything_that_a_folder_can(place: str, tmp_path: Path) -> None:
    pixels = np.random.default_rng(1).integers(0, 255, (16, 16, 3), dtype=np.uint8)
    for part in range(2):
        how = {"enabled_metrics": "exposure", "directory": place, "image_retention": "all", "tags": {"camera": "north"}}
        with lo.ClassificationLogger("a b/'c'", **how) as log:  # type: ignore[arg-type]
            for i in range(40):
                when = clock.utc() - timedelta(days=(i % 4) * 10, hours=1)
                assert log.log_prediction(pixels, "cat", 0.5, f"{part}/o'{i}*", time=when)
            assert log.flush(60), log.stats()
    assert lo.open_log(place).list().models[0].rows == 80
    assert lo.open_log(place).read(last="5d", columns=["id"]).num_rows == 20
    assert lo.open_log(place).read(tags={"camera": "north"}, as_="lazy").select(pl.len()).collect().item() == 80
    assert lo.open_log(place).query("SELECT count(*) AS n FROM log", last="5d").to_pylist() == [{"n": 20}]
    assert lo.open_log(place).tail(n=3).num_rows == 3
    assert len(lo.open_log(place).show("1/o'7*")) == 1
    rows = lo.open_log(place).read(columns=["id", "retained_image"]).to_pylist()
    named = next(row["id"] for row in rows if row["retained_image"])  # under load some images are not measured
    (row,) = lo.open_log(place).show(named)
    assert row["retained_image"].startswith(f"{place}/_retained_images/")
    source = f"log:a b/'c'?directory={place}"
    assert lo.compare(f"{source}&until=5d", f"{source}&last=5d").overall_drift_detected in (False, None)
    assert lo.open_log(place).export(tmp_path / "a.parquet") == 80

    assert lo.open_log(place).compact().after == 4
    assert lo.open_log(place).vacuum(older_than="0").files == 8
    done = lo.open_log(place).retain(older_than="25d", grace="0")
    assert (done.rows, done.remaining_rows) == (20, 60)
    gone = lo.open_log(place).erase("1/o'1*", wait=0)
    assert (gone.rows, gone.old_files) == (1, 1)
    pictures = [key for key in keys(place) if key.startswith("_retained_images/")]
    kept = lo.open_log(place).read(columns=["retained_image"]).column("retained_image").drop_null().to_pylist()
    assert sorted(pictures) == sorted(kept)
    assert len(kept) > 0
    assert done.pictures > 0
    assert len([key for key in keys(place) if key.endswith(".parquet") and not key.startswith("_")]) == 3


def test_objects_and_files_of_others_stay(place: str) -> None:
    import boto3

    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"id": ["a.jpg"]}), sink)
    store, prefix = boto3.client("s3"), place.rpartition("/")[2]
    others = ["notes.txt", "export.parquet", "model=m/day=2020-01-01/mine.parquet", "_retained_images/mine.jpg"]
    others.append("_retained_images/model=m/day=2020-01-01/mine.jpg")
    for name in others:
        store.put_object(Bucket=BUCKET, Key=f"{prefix}/{name}", Body=sink.getvalue().to_pybytes())
    waiting = spool_for(place) / "_retained_images" / "model=m" / "day=2020-01-01" / "mine.jpg"
    waiting.parent.mkdir(parents=True)
    waiting.write_bytes(b"mine")
    pixels = np.zeros((16, 16, 3), np.uint8)
    with lo.ClassificationLogger("m", enabled_metrics=[], directory=place, image_retention="all") as log:
        assert log.log_prediction(pixels, "cat", image_name="a.jpg")
        assert log.flush(60), log.stats()
    assert waiting.read_bytes() == b"mine"
    gone = lo.open_log(place).erase("a.jpg", wait=0)
    assert (gone.rows, gone.old_files, gone.pictures) == (1, 1, 1)
    assert any("export.parquet" in sentence and "mine.parquet" in sentence for sentence in gone.left)
    lo.open_log(place).vacuum(older_than="0")
    lo.open_log(place).vacuum()
    kept = [key for key in keys(place) if not key.startswith("_delta_log/")]
    assert sorted(kept) == sorted(others)
