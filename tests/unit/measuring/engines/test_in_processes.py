"""What the processes of a pool are told, and what they do without."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import lookoutcv as lo
from lookoutcv.grids import linear
from lookoutcv.measuring.engines import in_processes as engine
from lookoutcv.measuring.engines.in_processes import in_processes
from lookoutcv.sources import open_source

CHUNKS = [list(open_source([f"{number}.jpg"])) for number in range(7)]


def refused(ref: Any) -> Any:
    pytest.fail(f"{ref.id} ended its process")


def test_outcomes_come_in_order_from_other_processes(tmp_path: Path) -> None:
    later = tmp_path / "later"

    def task(refs: Sequence[Any]) -> tuple[str, int]:
        import os
        import time

        # The first is done after one that comes later in the list.
        end = time.monotonic() + 60
        while refs[0].id == "0.jpg" and not later.exists() and time.monotonic() < end:
            time.sleep(0.01)
        if refs[0].id != "0.jpg":
            later.touch()
        return refs[0].id, os.getpid()

    found = list(in_processes(CHUNKS, task, [], 2, refused))
    assert [name for name, _ in found] == [f"{number}.jpg" for number in range(7)]
    assert os.getpid() not in {process for _, process in found}
    assert later.exists()


def test_arrow_in_a_worker_imports_no_pandas_and_a_metric_may() -> None:
    pytest.importorskip("pandas")

    def task(refs: Sequence[Any]) -> tuple[bool, bool, str]:
        import sys

        import pyarrow as pa

        pa.array(["a"])
        before = "pandas" in sys.modules
        import pandas as pd

        return before, pd.Series([1]).sum() == 1, pa.default_memory_pool().backend_name

    (found,) = in_processes(CHUNKS[:1], task, [], 1, refused)
    assert found == (False, True, "system")


def test_an_error_of_the_task_is_the_callers() -> None:
    def task(refs: Sequence[Any]) -> None:
        raise ValueError(refs[0].id)

    with pytest.raises(ValueError, match=r"0\.jpg"):
        list(in_processes(CHUNKS, task, [], 2, refused))


def test_a_metric_that_uses_pandas_works_in_a_pool(good: Any) -> None:
    pytest.importorskip("pandas")

    @lo.metric("own.middle", unit="1", range=(0, 1), grid=linear(0, 1, 10), source="ours")
    def middle(view: Any) -> float:
        """The median of the first row, by pandas."""
        import pandas as pd

        return float(pd.Series(view.pixels[0, :, 0]).median()) / 255

    alone = lo.measure(good, metrics=[middle], workers=1)
    assert alone.table.equals(lo.measure(good, metrics=[middle], workers=2).table)


def test_of_a_process_that_died_idle_no_image_is_said_to_be_measured_again(caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        def end_broken(self) -> set[int]:
            return set()

    pool: Any = Broken()
    alone: Any = None
    engine._recover(deque(), pool, alone)
    assert caplog.messages == ["a measuring process was killed"]
