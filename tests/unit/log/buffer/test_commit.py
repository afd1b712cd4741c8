"""Segments into the table beside others who commit."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import deltalake
import numpy as np
import pytest
from pyarrow import parquet

import lookoutcv as lo
from lookoutcv.log.buffer import commit
from lookoutcv.log.buffer.record_batch import RecordBatchMaker
from lookoutcv.log.table.log_table import open_table
from lookoutcv.log.table.schema import table_schema


def test_a_commit_that_another_came_before_is_made_again_without_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tries = []
    append = commit.append

    def beaten(*arguments: Any) -> None:
        tries.append(1)
        if len(tries) < 4:
            raise deltalake.exceptions.CommitFailedError("Transaction 7 conflicts with a metadata update")
        append(*arguments)

    monkeypatch.setattr(commit, "append", beaten)
    with caplog.at_level(logging.WARNING), lo.ClassificationLogger("m", enabled_metrics=[], directory=tmp_path) as log:
        assert log.log_prediction(None, "cat", 0.5)
        assert log.flush()
        assert log.stats().problem is None
    assert (len(tries), caplog.messages) == (4, [])
    assert sum(batch.num_rows for batch in open_table(tmp_path).scan()) == 1


def test_others_who_come_first_each_time_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    append = commit.append

    def beaten(*arguments: Any) -> None:
        raise deltalake.exceptions.CommitFailedError("Transaction 7 conflicts with a metadata update")

    monkeypatch.setattr(commit, "append", beaten)
    monkeypatch.setattr(commit, "_LONGEST_PAUSE_SECONDS", 0.001)
    with caplog.at_level(logging.WARNING), lo.ClassificationLogger("m", enabled_metrics=[], directory=tmp_path) as log:
        assert log.log_prediction(None, "cat", 0.5)
        assert not log.flush(0.5)
        assert "cannot be committed" in (log.stats().problem or "")
        monkeypatch.setattr(commit, "append", append)
    assert any("cannot be committed" in message for message in caplog.messages)
    assert sum(batch.num_rows for batch in open_table(tmp_path).scan()) == 1


def test_large_rows_are_written_in_groups_of_some_megabytes(tmp_path: Path, rng: np.random.Generator) -> None:
    letters = rng.integers(ord("a"), ord("z"), (5, 2_000_000), np.uint8)
    rows = [{"id": str(i), "time": 0, "labels": line.tobytes().decode()} for i, line in enumerate(letters)]
    append(tmp_path / "large", rows)
    append(tmp_path / "small", [{"id": str(i), "time": 0} for i in range(5)])
    assert groups(tmp_path / "large") == [2, 2, 1]
    assert groups(tmp_path / "small") == [5]


def append(directory: Path, rows: list[dict[str, Any]]) -> None:
    schema = table_schema((), ())
    commit.append(str(directory), None, [RecordBatchMaker(schema, {"model": "m"}).make(rows)], ("writer", 1), {})


def groups(directory: Path) -> list[int]:
    (path,) = directory.rglob("*.parquet")
    held = parquet.ParquetFile(path).metadata
    return [held.row_group(i).num_rows for i in range(held.num_row_groups)]
