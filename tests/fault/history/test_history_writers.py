"""Processes that write to one history at once lose nothing; one that is killed, or has no room, leaves it whole."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lookoutcv.errors import HistoryUnavailable
from lookoutcv.history.open_history import open_history

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
WRITE = """
import sys
from datetime import UTC, datetime, timedelta
from lookoutcv.history.open_history import open_history
noon = datetime(2026, 5, 4, 12, tzinfo=UTC)
with open_history(sys.argv[1]) as history:
    n = 0
    while n < int(sys.argv[2]):
        history.add_points("m", "n", [(noon, 0.1), (noon + timedelta(hours=1), 1.0)])
        n += 1
        print(n, flush=True)
"""


def writer(path: Path, times: int) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", WRITE, path, str(times)], stdout=subprocess.PIPE, text=True)


def test_four_writers_lose_nothing(tmp_path: Path) -> None:
    begun = [writer(tmp_path / "h.db", 25) for _ in range(4)]
    for process in begun:
        process.communicate(timeout=120)
    assert [process.returncode for process in begun] == [0] * 4
    with open_history(tmp_path / "h.db") as history:
        hours = history.rollup("m", "n")
    assert [one.count for one in hours] == [100, 100]
    assert hours[1].sum == 100.0


def test_a_killed_writer_leaves_points_and_sums_that_agree(tmp_path: Path) -> None:
    path = tmp_path / "h.db"
    process = writer(path, 1_000_000)
    assert process.stdout is not None
    told = [process.stdout.readline() for _ in range(20)]
    process.kill()
    told += process.stdout.readlines()
    process.communicate(timeout=60)
    confirmed = sum(line.endswith("\n") for line in told)
    with open_history(path) as history:
        first, second = history.rollup("m", "n")
        with sqlite3.connect(path) as connection:
            (points,) = connection.execute("SELECT count(*) FROM history_points").fetchone()
        connection.close()
        assert points == first.count + second.count
        assert first.count == second.count
        assert first.count in (confirmed, confirmed + 1)
        history.add_points("m", "n", [(NOON, 0.1)])


def test_a_full_database_is_said_and_nothing_is_half_there(tmp_path: Path) -> None:
    with open_history(tmp_path / "h.db") as history:
        engine = history._database._engine

        def allow(pages: int) -> None:
            with engine.connect() as connection:
                connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

        allow(1)  # as many as there are
        with pytest.raises(HistoryUnavailable, match="full"):
            history.add_points("m", "n", [(NOON, 1.0)] * 50_000)
        with engine.connect() as connection:
            points = connection.exec_driver_sql("SELECT count(*) FROM history_points").scalar()
        assert sum(one.count for one in history.rollup("m", "n")) == points
        allow(1_000_000)
        assert history.add_points("m", "n", [(NOON, 1.0)] * 500) == 500
