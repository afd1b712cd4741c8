"""One person's pictures gone for good: from the table, its old files, the retained images and the spool."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import lookoutcv as lo
from lookoutcv.errors import ConfigError
from lookoutcv.log.buffer.segments import read_segment
from lookoutcv.log.table.log_table import open_table

PIXELS = np.zeros((16, 16, 3), np.uint8)
HOSTILE = ["o'clock", "a*", "?", "x' OR '1'='1", "%", "a\\'b", '"; --', "ü 日本", "[a]"]


def logged(place: Path, *names: str, model: str = "m") -> None:
    with lo.ClassificationLogger(model, enabled_metrics=[], directory=place, image_retention="all") as log:
        for name in names:
            assert log.log_prediction(PIXELS, "cat", image_name=name)
            assert log.flush()  # one file each


def names(place: Path) -> list[str]:
    return sorted(lo.open_log(place).read(columns=["id"]).column("id").to_pylist())


def anywhere(place: Path, name: str) -> list[str]:
    """Files below the log that hold a row of this name."""
    found = []
    for file in place.rglob("*"):
        if file.suffix == ".parquet" and name in pq.ParquetFile(file).read(["id"]).column("id").to_pylist():
            found.append(file.name)
        if file.suffix == ".segment":
            batches = read_segment(file).batches
            found += [file.name for one in batches if name in one.column("id").to_pylist()]
    return found


@pytest.mark.parametrize("name", HOSTILE)
def test_one_name_and_no_other(tmp_path: Path, name: str) -> None:
    logged(tmp_path, name, "other")
    kept = names(tmp_path)
    told = lo.open_log(tmp_path).erase(name, dry_run=True)
    assert (told.rows, told.pictures, names(tmp_path)) == (1, 1, kept)
    done = lo.open_log(tmp_path).erase(name)
    assert (done.rows, done.pictures, done.old_files) == (1, 1, 1)
    assert names(tmp_path) == ["other"]
    assert anywhere(tmp_path, name) == []
    assert len(list((tmp_path / "_retained_images").rglob("*.jpg"))) == 1


def test_old_files_that_hold_it_go_and_others_stay(tmp_path: Path) -> None:
    logged(tmp_path, "a", "b", "c")
    open_table(tmp_path).delta.optimize.compact()
    logged(tmp_path, "d", "a")
    assert len(anywhere(tmp_path, "a")) == 3
    told = lo.open_log(tmp_path).erase("a", dry_run=True)
    assert (told.rows, told.old_files) == (2, 1)
    done = lo.open_log(tmp_path).erase("a")
    assert (done.rows, done.old_files) == (2, 3)
    assert anywhere(tmp_path, "a") == []
    assert names(tmp_path) == ["b", "c", "d"]
    assert len(anywhere(tmp_path, "b")) == 2  # the old file of b alone is no matter of this
    again = lo.open_log(tmp_path).erase("a")
    assert (again.rows, again.old_files, again.pictures) == (0, 0, 0)


def test_only_of_one_model(tmp_path: Path) -> None:
    logged(tmp_path, "a", model="m")
    logged(tmp_path, "a", model="n'")
    assert lo.open_log(tmp_path).erase(["a"], model="n'").rows == 1
    assert lo.open_log(tmp_path).read().column("model").to_pylist() == ["m"]


def test_what_a_dead_writer_left_is_committed_and_removed(tmp_path: Path) -> None:
    logged(tmp_path, "first")
    log = lo.ClassificationLogger("m", enabled_metrics=[], directory=tmp_path, durability="record", commit_seconds=99)
    assert log.log_prediction(None, "cat", image_name="a")
    assert log.log_prediction(None, "cat", image_name="b")
    log._engine.closed = True
    log._engine.abandon()  # as if it were killed
    assert len(anywhere(tmp_path, "a")) >= 1
    assert lo.open_log(tmp_path).erase("a", dry_run=True).segments == 1
    done = lo.open_log(tmp_path).erase("a")
    assert (done.rows, done.segments) == (1, 1)
    assert names(tmp_path) == ["b", "first"]
    assert anywhere(tmp_path, "a") == []


def test_what_a_running_writer_holds_is_waited_for(tmp_path: Path) -> None:
    logged(tmp_path, "first")
    with lo.ClassificationLogger(
        "m", enabled_metrics=[], directory=tmp_path, durability="record", commit_seconds=99
    ) as log:
        assert log.log_prediction(None, "cat", image_name="a")
        told = lo.open_log(tmp_path).erase("a", wait=0)
        assert told.rows == 0
        assert any("running writer" in sentence for sentence in told.left)
        assert log.flush()
        done = lo.open_log(tmp_path).erase("a", wait=5)
        assert done.rows == 1
        assert not any("running writer" in sentence for sentence in done.left)
    assert anywhere(tmp_path, "a") == []


def test_damaged_segments_with_it_go(tmp_path: Path) -> None:
    logged(tmp_path, "first")
    log = lo.ClassificationLogger("m", enabled_metrics=[], directory=tmp_path, durability="record", commit_seconds=99)
    assert log.log_prediction(None, "cat", image_name="a")
    (segment,) = (tmp_path / "_spool").rglob("*.segment")
    aside = tmp_path / "_spool" / "damaged"
    aside.mkdir()
    (aside / "host-1-0123456789ab-0000000001.segment").write_bytes(segment.read_bytes() + b"\0" * 40)
    assert log.close()
    done = lo.open_log(tmp_path).erase("a")
    assert (done.rows, done.segments) == (1, 1)
    assert anywhere(tmp_path, "a") == []


def test_no_image_or_too_many(tmp_path: Path) -> None:
    logged(tmp_path, "a")
    for wrong in ([], [""], ["a"] * 1001, ""):
        with pytest.raises(ConfigError, match="Name 1 to 1,000"):
            lo.open_log(tmp_path).erase(wrong)
    assert isinstance(lo.open_log(tmp_path).read(), pa.Table)
