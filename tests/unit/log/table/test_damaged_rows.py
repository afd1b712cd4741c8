"""A log one of whose files was damaged says so, whatever library reads it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import lookoutcv as lo
from lookoutcv.errors import UnreadableSource

pytest.importorskip("deltalake", reason="deltalake is not installed")


@pytest.fixture
def damaged(tmp_path: Path) -> lo.PredictionLog:
    with lo.ClassificationLogger("cats", enabled_metrics=[], directory=tmp_path / "log") as log:
        for name in ("a.jpg", "b.jpg"):
            log.log_prediction(None, "cat", 0.9, name)
            log.flush()
    for rows in (tmp_path / "log").rglob("*.parquet"):
        rows.write_bytes(rows.read_bytes()[:40])
    return lo.open_log(tmp_path / "log")


@pytest.mark.parametrize(
    "ask",
    [
        lambda log: log.read(),
        lambda log: log.list(),
        lambda log: log.tail(),
        lambda log: log.show("a.jpg"),
        lambda log: log.plot("confidence"),
        lambda log: log.erase("a.jpg", dry_run=True),
        lambda log: log.compact(),
        lambda log: lo.baseline(f"log:cats?directory={log.directory}"),
    ],
    ids=["read", "list", "tail", "show", "plot", "erase", "compact", "source"],
)
def test_a_damaged_file_is_told_and_nothing_else(
    ask: Callable[[lo.PredictionLog], Any], damaged: lo.PredictionLog, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UnreadableSource, match=r"rows of the prediction log at .* cannot be read: "):
        ask(damaged)
    assert capfd.readouterr().err == ""
