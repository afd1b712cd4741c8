"""The prediction log on a store that speaks S3, on loopback: read, asked, compared, kept small, forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import lookoutcv as lo
from lookoutcv import clock

BUCKET = "readings"


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    server = pytest.importorskip("moto.server").ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    import boto3

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
