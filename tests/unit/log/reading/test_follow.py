"""Rows as they are committed: each once, from one snapshot on, whatever is rewritten meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

import lookoutcv as lo
from lookoutcv.log.reading.follow import Follower

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def log(place: Path, *names: str, model: str = "m") -> None:
    with lo.ClassificationLogger(model, enabled_metrics=[], directory=place) as logger:
        for name in names:
            assert logger.log_prediction(None, "cat", image_name=name, time=NOON)


def names(rows: pa.Table) -> list[str]:
    return [str(name) for name in rows.column("id").to_pylist()]


@pytest.fixture
def follower(tmp_path: Path) -> Follower:
    log(tmp_path, "old")
    return lo.open_log(tmp_path).follow(model="m")


def test_rows_that_come_are_followed_once(tmp_path: Path, follower: Follower) -> None:
    assert follower.new().num_rows == 0
    log(tmp_path, "a", "b")
    log(tmp_path, "x", model="another")
    assert names(follower.new()) == ["a", "b"]
    assert follower.new().num_rows == 0


def test_what_is_committed_between_two_reads_comes_once(tmp_path: Path, follower: Follower) -> None:
    log(tmp_path, "between")
    assert names(follower.last(5)) == ["old"]  # of the snapshot
    assert names(follower.new()) == ["between"]


def test_a_rewritten_file_brings_no_row_again(tmp_path: Path, follower: Follower) -> None:
    log(tmp_path, "a")
    assert lo.open_log(tmp_path).compact().before == 2
    assert names(follower.new()) == ["a"]
    (tmp_path / "truth.csv").write_text("id,label\nold,cat\na,cat\n")
    assert lo.open_log(tmp_path).label(tmp_path / "truth.csv").rows == 2
    log(tmp_path, "b")
    lo.open_log(tmp_path).compact()
    assert names(follower.new()) == ["b"]
    lo.open_log(tmp_path).compact()
    assert follower.new().num_rows == 0


def test_rows_that_were_erased_hide_none_that_come(tmp_path: Path, follower: Follower) -> None:
    log(tmp_path, "person", "a")
    assert names(follower.new()) == ["person", "a"]
    assert lo.open_log(tmp_path).erase("person", wait=0).old_files == 1  # which cannot be read any more
    log(tmp_path, "b")
    assert names(follower.new()) == ["b"]


def test_no_row_is_read_at_the_start(tmp_path: Path) -> None:
    log(tmp_path, "old")
    files = [path for path in tmp_path.rglob("*.parquet") if "_delta_log" not in path.parts]
    assert files
    for path in files:
        path.unlink()
    follower = lo.open_log(tmp_path).follow()
    log(tmp_path, "new")
    assert names(follower.new()) == ["new"]
