"""Batches through measuring: into the baseline's rows, its file, and out again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import lookoutcv as lo
from lookoutcv import Records
from lookoutcv.errors import ConfigError, CorruptFile
from lookoutcv.profiles import codec
from lookoutcv.records.schema import FIXED

IMAGES = [np.random.default_rng(2).integers(0, 200, (12, 12, 3), dtype=np.uint8) for _ in range(120)]


@pytest.fixture(scope="module")
def blocks() -> lo.Baseline:
    return lo.baseline(IMAGES, batch_by=20, metrics="exposure,noise", workers=1)


def records(rng: np.random.Generator, rows: int, start: datetime | None = None) -> Records:
    table = pa.table(
        {
            "id": [f"{i}.jpg" for i in range(rows)],
            "time": pa.array([start and start + timedelta(hours=i) for i in range(rows)], pa.timestamp("us", "UTC")),
            "exposure.brightness": pa.array(rng.random(rows), pa.float32()),
        }
    )
    return Records("made", table, rows)


def test_blocks_of_images_in_a_row(blocks: lo.Baseline) -> None:
    keys = blocks.profile.sample.column("batch").to_pylist()
    assert sorted({key: keys.count(key) for key in keys}.values()) == [20] * 6
    assert (blocks.batch_by, blocks.consecutive) == ("20", True)
    assert blocks.check is not None
    assert blocks.check.batches == 6
    report = lo.monitor(IMAGES[:40], baseline=blocks, workers=1, thumbnails=False)
    assert report.policy.test == "batches"


def test_the_file_keeps_batches_and_check(blocks: lo.Baseline, tmp_path: Path) -> None:
    again = lo.Baseline.load(blocks.save(tmp_path / "b.parquet"))
    assert (again.batch_by, again.check) == (blocks.batch_by, blocks.check)
    assert again.profile.sample.equals(blocks.profile.sample)


def test_a_file_from_before_batches_reads_without_them(blocks: lo.Baseline) -> None:
    old = pa.schema([field for field in FIXED if field.name != "batch"])
    profile, metadata = codec.decode(blocks.to_bytes())
    sample = profile.sample.select([n for n in profile.sample.column_names if n in old.names or n not in FIXED.names])
    bare = {key: value for key, value in metadata.items() if key not in ("batch_by", "check")}
    written = codec.encode(type(profile)(**{**vars(profile), "sample": sample}), metadata=bare)
    read = lo.Baseline.from_bytes(written)
    assert (read.batch_by, read.check, read.consecutive) == (None, None, False)
    assert read.profile.sample.column("batch").null_count == 120
    assert lo.compare(read, blocks).policy.test == "single"


def test_a_damaged_check_is_a_damaged_file(blocks: lo.Baseline) -> None:
    profile, metadata = codec.decode(blocks.to_bytes())
    with pytest.raises(CorruptFile):
        lo.Baseline.from_bytes(codec.encode(profile, metadata={**metadata, "check": {"images": "many"}}))


def test_days_of_records_that_exist_already(rng: np.random.Generator) -> None:
    made = lo.baseline(records(rng, 240, datetime(2026, 5, 1, tzinfo=UTC)), batch_by="day")
    assert sorted(set(made.profile.sample.column("batch").to_pylist())) == [f"2026-05-{d:02}" for d in range(1, 11)]
    report = lo.compare(
        records(rng, 240, datetime(2026, 5, 1, tzinfo=UTC)),
        records(rng, 60),
        batch_by="day",
        metrics="exposure.brightness",
    )
    assert report.policy.test == "batches"


def test_images_without_a_time_have_no_day(rng: np.random.Generator) -> None:
    with pytest.raises(ConfigError, match="found no image with a time"):
        lo.baseline(records(rng, 40), batch_by="day")
    with pytest.raises(ConfigError, match="found no image with a time"):
        lo.baseline(IMAGES[:5], batch_by="day", workers=1)


def test_a_baseline_cannot_be_divided_again(blocks: lo.Baseline) -> None:
    with pytest.raises(ConfigError, match="the batches that it was made with"):
        lo.compare(blocks, blocks, batch_by="day")
