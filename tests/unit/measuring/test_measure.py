"""Measuring one image and many, by path, array, bytes and PIL image."""

from __future__ import annotations

import io
import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import PIL.Image
import pyarrow.parquet as pq
import pytest

import lookoutcv as lo
from lookoutcv import errors
from lookoutcv.grids import linear
from lookoutcv.measuring.options import plan

PICTURE = np.random.default_rng(5).integers(0, 256, (40, 60, 3), dtype=np.uint8)


def as_png(pixels: np.ndarray) -> bytes:
    data = io.BytesIO()
    PIL.Image.fromarray(pixels).save(data, "PNG")
    return data.getvalue()


def test_one_image_is_a_mapping_whatever_it_comes_as(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(as_png(PICTURE))
    forms = [path, str(path), path.read_bytes(), PICTURE, PIL.Image.fromarray(PICTURE)]
    values = [lo.measure(form)["exposure.brightness"] for form in forms]
    assert len(set(values)) == 1
    assert lo.measure(path)["file.bytes"] == path.stat().st_size
    assert math.isnan(lo.measure(PICTURE)["file.bytes"])


def test_a_measurement_is_json_ready() -> None:
    one = lo.measure(PICTURE)
    told = json.loads(json.dumps(one.to_dict(), allow_nan=False))
    assert told["file.bytes"] is None
    assert told["width_px"] == 60
    assert len(one) == len(list(one)) == len(dict(one))


def test_hashes_of_a_measurement_are_text_in_json() -> None:
    one = lo.measure(PICTURE)
    told = json.loads(json.dumps(one.to_dict()))
    for name, number in (("content_hash", one.facts["content_hash"]), ("identity.phash", one["identity.phash"])):
        assert told[name] == f"{number:016x}"


def test_one_bad_image_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(as_png(PICTURE)[:500])
    with pytest.raises(errors.UnreadableImage):
        lo.measure(path)
    with pytest.raises(errors.SourceNotFound):
        lo.measure(tmp_path / "none.png")


def test_many_images_are_records(bad: Path) -> None:
    records = lo.measure(bad, workers=1)
    assert isinstance(records, lo.Records)
    assert len(records) == records.table.num_rows == 61
    assert [(one.id, "trunc" in one.reason) for one in records.skipped] == [("cat/broken.jpg", True)]
    assert set(records.table.column("label").to_pylist()) == {"astronaut", "cat", "coffee", "rocket"}


@pytest.mark.parametrize("suffix", [".parquet", ".csv", ".json"])
def test_records_are_the_same_in_every_form(fine: Path, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"records{suffix}"
    written = lo.measure(fine, output=path, workers=1)
    assert written.table.num_rows == 0
    assert written.count == 60
    direct = lo.measure(fine, workers=1)
    again = tmp_path / f"again{suffix}"
    direct.save(again)
    assert again.read_bytes() == path.read_bytes()
    frame = {".parquet": pd.read_parquet, ".csv": pd.read_csv, ".json": pd.read_json}[suffix](path)
    expected = direct.table.column("sharpness.laplacian").to_numpy()
    assert np.allclose(frame["sharpness.laplacian"], expected, rtol=1e-6)
    assert list(frame["id"]) == direct.table.column("id").to_pylist()


def test_the_parquet_file_says_what_it_is(fine: Path, tmp_path: Path) -> None:
    lo.measure(fine, output=tmp_path / "r.parquet", workers=1)
    metadata = pq.read_metadata(tmp_path / "r.parquet").metadata
    assert metadata[b"lookoutcv.kind"] == b"records"
    assert metadata[b"lookoutcv.version"] == b"2"


def test_an_unknown_suffix_is_refused_before_measuring(fine: Path, tmp_path: Path) -> None:
    with pytest.raises(errors.ConfigError, match="End its name"):
        lo.measure(fine, output=tmp_path / "records.xls")


def test_pool_and_single_process_agree_to_the_last_bit(good: Path) -> None:
    alone, pooled = lo.measure(good, workers=1), lo.measure(good, workers=2)
    assert alone.table.equals(pooled.table)
    assert alone.skipped == pooled.skipped


def test_a_metric_of_ones_own_travels_to_the_pool(good: Path) -> None:
    @lo.metric("own.top_left", unit="1", range=(0, 1), grid=linear(0, 1, 10), source="ours")
    def top_left(view: object) -> float:
        """The red of the first pixel."""
        return float(view.pixels[0, 0, 0]) / 255  # type: ignore[attr-defined]

    alone = lo.measure(good, metrics=[top_left], workers=1)
    assert alone.table.equals(lo.measure(good, metrics=[top_left], workers=2).table)


def test_a_metric_that_fails_skips_the_image_and_says_so(good: Path) -> None:
    @lo.metric("own.fragile", unit="1", range=(0, 1), grid=linear(0, 1, 10), source="ours")
    def fragile(view: object) -> float:
        """Fails on some images."""
        value = float(view.pixels[0, 0, 0]) / 255  # type: ignore[attr-defined]
        return value if value < 0.5 else 1 / 0

    records = lo.measure(good, metrics=[fragile], workers=1)
    assert 0 < records.skipped_count < 160
    assert "own.fragile" in records.skipped[0].reason
    assert "ZeroDivisionError" in records.skipped[0].reason
    with pytest.raises(errors.MetricFailed, match=r"own\.fragile"):
        lo.measure(good, metrics=[fragile], workers=1, strict=True)


@pytest.mark.parametrize("workers", [1, 2])
def test_strict_stops_at_the_first_bad_image(bad: Path, workers: int) -> None:
    with pytest.raises(errors.UnreadableImage, match=r"broken\.jpg"):
        lo.measure([*[str(p) for p in sorted(bad.rglob("*.jpg"))] * 2], workers=workers, strict=True)


def test_a_sample_is_seeded_and_keeps_labels(good: Path) -> None:
    one, again, other = (lo.measure(good, sample=20, seed=s, workers=1).table for s in (1, 1, 2))
    assert one.equals(again)
    assert one.num_rows == other.num_rows == 20
    assert set(one.column("id").to_pylist()) != set(other.column("id").to_pylist())
    assert None not in one.column("label").to_pylist()


def test_progress_counts_every_file(bad: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    lo.measure(bad, workers=1, progress=lambda done, total: seen.append((done, total)))
    assert seen[0][0] == 0
    assert seen[-1][0] == 62
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_a_column_of_paths_is_a_sequence_of_images(fine: Path) -> None:
    paths = pd.Series([str(path) for path in sorted(fine.rglob("*.jpg"))[:5]], name="path")
    assert len(lo.measure(paths, workers=1)) == 5


def test_nothing_to_measure_is_explained(tmp_path: Path) -> None:
    (tmp_path / "notes.jpg").write_text("not a picture")
    with pytest.raises(errors.NoImages, match="the only file"):
        lo.measure(tmp_path)
    with pytest.raises(errors.NoImages, match="no images"):
        lo.measure([])


@pytest.mark.parametrize("option", ["sample", "workers", "max_pixels", "max_bytes"])
@pytest.mark.parametrize("value", [0, -3, 1.5])
def test_numbers_out_of_range_are_refused(option: str, value: float) -> None:
    with pytest.raises(errors.ConfigError, match="--" + option.replace("_", "-")):
        plan({option: value})  # type: ignore[misc]


def test_limits_are_kept(good: Path) -> None:
    records_error = pytest.raises(errors.NoImages)
    with records_error:
        lo.measure(good, max_pixels=100, workers=1)
    with pytest.raises(errors.ImageTooLarge):
        lo.measure(next(good.rglob("*.jpg")), max_bytes=10)
