"""A cache that is killed, full, damaged or shared never changes what is measured."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

import lookoutcv as lo
from lookoutcv.measuring.cache.record_cache import FILE_NAME, cache_location, describe

posix = pytest.mark.skipif(os.name != "posix", reason="POSIX signals and limits")


def python(code: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def kept(folder: Path) -> dict[str, Any]:
    told = describe(cache_location(folder))
    assert told is not None
    return told


@posix
def test_a_kill_while_writing_leaves_whole_entries(good: Path, tmp_path: Path) -> None:
    code = """
        import os, signal, sys
        from lookoutcv.files import keyed_store
        import lookoutcv as lo
        from lookoutcv.measuring.cache import record_cache as cache
        cache._WRITE_FROM = 40
        done = 0
        class Connection:
            # Dies in the third transaction, between its rows and its end.
            def __init__(self, connection): self.connection = connection
            def __getattr__(self, name): return getattr(self.connection, name)
            def execute(self, statement, *rest):
                global done
                if statement == "COMMIT":
                    done += 1
                    if done == 3:
                        os.kill(os.getpid(), signal.SIGKILL)
                return self.connection.execute(statement, *rest)
        connect = keyed_store.sqlite3.connect
        keyed_store.sqlite3.connect = lambda *a, **k: Connection(connect(*a, **k))
        lo.measure(sys.argv[1], workers=1, cache=sys.argv[2])
    """
    process = python(code, good, tmp_path)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    # The first transaction made the tables.
    assert kept(tmp_path)["images"] == 64
    assert lo.measure(good, workers=1, cache=tmp_path).table.equals(lo.measure(good, workers=1).table)
    assert kept(tmp_path)["images"] == 160


@posix
def test_a_full_disk_is_told_once_and_everything_is_measured(good: Path, tmp_path: Path) -> None:
    code = """
        import logging, resource, sys
        logging.basicConfig(level=logging.WARNING)
        import lookoutcv as lo
        from lookoutcv.measuring.cache import record_cache as cache
        cache._WRITE_FROM = 32
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))
        print(len(lo.measure(sys.argv[1], workers=1, cache=sys.argv[2])))
    """
    out, err = python(code, good, tmp_path).communicate(timeout=60)
    assert out == "160\n"
    assert err.count("cannot be written") == 1
    assert lo.measure(good, workers=1, cache=tmp_path).table.equals(lo.measure(good, workers=1).table)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_damaged_file_is_set_aside_with_a_warning(
    good: Path, tmp_path: Path, workers: int, caplog: pytest.LogCaptureFixture
) -> None:
    lo.measure(good, workers=1, cache=tmp_path)
    file = tmp_path / FILE_NAME
    file.write_bytes(file.read_bytes()[:2000] + bytes(5000))
    with caplog.at_level(logging.WARNING, "lookoutcv"):
        rows = lo.measure(good, workers=workers, cache=tmp_path)
    assert rows.table.equals(lo.measure(good, workers=1).table)
    assert [record.getMessage().count("was damaged") for record in caplog.records] == [1]
    assert (tmp_path / f"{FILE_NAME}.damaged").exists()
    assert kept(tmp_path)["images"] == 160
    caplog.clear()
    assert len(lo.measure(good, workers=1, cache=tmp_path)) == 160
    assert not caplog.records


@pytest.mark.skipif(not Path("/proc").exists(), reason="needs a place where no file can be made")
def test_a_place_that_cannot_be_written_is_warned_of_where_it_was_named(
    fine: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "lookoutcv"):
        assert len(lo.measure(fine, workers=1, cache="/proc/none")) == 60
    assert ["/proc/none" in record.getMessage() for record in caplog.records] == [True]


def test_two_runs_at_once_share_it(good: Path, tmp_path: Path) -> None:
    code = """
        import sys
        import lookoutcv as lo
        from lookoutcv.measuring.cache import record_cache as cache
        cache._WRITE_FROM = 8
        records = lo.measure(sys.argv[1], workers=1, cache=sys.argv[2], output=sys.argv[3])
        print(records.count)
    """
    runs = [python(code, good, tmp_path / "cache", tmp_path / f"{number}.parquet") for number in range(3)]
    told = [run.communicate(timeout=120) for run in runs]
    assert told == [("160\n", "")] * 3
    first, *others = ((tmp_path / f"{number}.parquet").read_bytes() for number in range(3))
    assert all(other == first for other in others)
    assert kept(tmp_path / "cache")["images"] == 160
