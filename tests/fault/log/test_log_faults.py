"""The prediction log when things break: killed, forked, starved, damaged, in company."""

from __future__ import annotations

import random
import signal
import struct
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import lookoutcv as lo
from lookoutcv.errors import SourceNotFound
from lookoutcv.log.buffer.commit import DAMAGED
from lookoutcv.log.buffer.segments import read_segment, segments_in
from lookoutcv.log.buffer.spool import writer_folders
from lookoutcv.log.table.log_table import open_table
from lookoutcv.log.table.own_files import SPOOL
from lookoutcv.processes import shutdown

# As `under_load` in that file tells of a call: when, and its number.
TOLD = struct.Struct("dq")
# What is promised is a second; where other programs take the machine's cores, all takes longer.
_BUSY_SECONDS = 2.0
PROGRAMS = Path(__file__).with_name("log_programs.py")
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals, forks and limits of POSIX")


def start(name: str, place: Path, count: int | None = None) -> subprocess.Popen[bytes]:
    words = [sys.executable, str(PROGRAMS), name, str(place), *([] if count is None else [str(count)])]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def finish(process: subprocess.Popen[bytes], code: int = 0) -> list[str]:
    out, err = process.communicate(timeout=120)
    assert process.returncode == code, err.decode()
    return out.decode().splitlines()


def run(name: str, place: Path, count: int | None = None) -> list[str]:
    return finish(start(name, place, count))


def ids(place: Path) -> Counter[str]:
    return Counter(name for batch in open_table(place).scan(columns=["id"]) for name in batch.column("id").to_pylist())


def rows(place: Path) -> list[dict[str, Any]]:
    return pa.Table.from_batches(open_table(place).scan()).to_pylist()  # type: ignore[no-any-return]


def replay(place: Path) -> lo.LogStats:
    """What the next logger does about those who died."""
    log = lo.ClassificationLogger("next", enabled_metrics=[], directory=place)
    assert log.flush(timeout=60), log.stats()
    assert log.close(timeout=300), log.stats()
    assert log.stats().problem is None
    return log.stats()


def killed_at_random(place: Path, chance: random.Random, most: int = 400) -> list[str]:
    """Start a logger, kill it once it has acknowledged some rows; all those that it had."""
    after, told = chance.randint(20, most), []
    with start("acknowledged", place) as process:
        assert process.stdout is not None
        for line in process.stdout:
            told.append(line.decode().strip())
            if len(told) == after:
                process.kill()
    return told


@posix
def test_what_was_acknowledged_survives_a_kill_exactly_once(tmp_path: Path) -> None:
    chance, told = random.Random(5), []
    for _ in range(2):
        told += killed_at_random(tmp_path, chance)
    replay(tmp_path)
    found = ids(tmp_path)
    assert [name for name in told if found[name] != 1] == []
    assert [name for name, times in found.items() if times != 1] == []
    assert writer_folders(tmp_path / SPOOL) == []


@posix
@pytest.mark.soak
def test_a_hundred_kills(tmp_path: Path) -> None:
    chance, told = random.Random(6), []
    for turn in range(100):
        told += killed_at_random(tmp_path, chance)
        if turn % 10 == 9:
            # Whoever replays is killed too.
            process = start("acknowledged", tmp_path)
            time.sleep(chance.uniform(0.5, 1.5))
            process.kill()
            out, _ = process.communicate()
            told += out.decode().split()
    replay(tmp_path)
    found = ids(tmp_path)
    assert [name for name in told if found[name] != 1] == []
    assert [name for name, times in found.items() if times != 1] == []


@posix
def test_a_kill_loses_at_most_the_last_second(tmp_path: Path) -> None:
    told: list[tuple[float, str]] = []
    killed = 0.0
    with start("batched", tmp_path) as process:
        assert process.stdout is not None
        for line in process.stdout:
            at, name = line.decode().split()
            told.append((float(at), name))
            if not killed and len(told) > 100 and time.time() - told[100][0] > 1.5:
                killed = time.time()
                process.kill()
    replay(tmp_path)
    found = ids(tmp_path)
    old = [name for at, name in told if at < killed - 1.0]
    assert len(old) > 100
    assert [name for name in old if found[name] != 1] == []
    assert max(found.values()) == 1


def killed_under_load(place: Path, after: float | None, megabytes: int = 256) -> float:
    """Kill a program that logs faster than rows can be made, some seconds after its calls began, or have ended.

    Args:
        place: Its log, named after the load.
        after: Seconds after the first call; None for a second after the last.
        megabytes: Of predictions that wait at most.
    Returns:
        How long before its end the oldest of the calls was made that were taken and are lost; 0 where none is.
    """
    process = start("under_load", place, megabytes)
    assert process.stdout is not None
    for _ in range(2 if after is None else 1):
        process.stdout.readline()
    time.sleep(1.0 if after is None else after)
    killed = time.time()
    process.kill()
    process.communicate()
    replay(place)
    # Killed at once it may not have come to write anything.
    found = Counter[str]()
    with suppress(SourceNotFound):
        found = ids(place)
    assert max(found.values(), default=1) == 1
    told = Path(f"{place}.told").read_bytes()
    size = TOLD.size
    calls = [TOLD.unpack_from(told, at) for at in range(0, len(told) // size * size, size)]
    assert len(calls) > 10
    return max((killed - at for at, number in calls if str(number) not in found), default=0.0)


# The loads under which calls were as old as 6 seconds, and lost.
@posix
@pytest.mark.parametrize("load", ["rows", "scores", "boxes", "masks"])
def test_a_kill_under_load_loses_nothing_of_before(load: str, tmp_path: Path) -> None:
    assert killed_under_load(tmp_path / load, 1.0 if load == "rows" else None, 40) < _BUSY_SECONDS


@posix
@pytest.mark.soak
def test_a_hundred_kills_under_load(tmp_path: Path) -> None:
    chance = random.Random(8)
    oldest = dict.fromkeys(("rows", "scores", "boxes", "masks"), 0.0)
    for turn in range(100):
        load = list(oldest)[turn % 4]
        after = chance.choice([None, chance.uniform(0.3, 2.5)])
        oldest[load] = max(oldest[load], killed_under_load(tmp_path / f"{load}-{turn}", after))
    print({load: f"{age:.2f} s" for load, age in oldest.items()})
    assert max(oldest.values()) < _BUSY_SECONDS


def test_a_program_that_ends_with_a_full_queue_loses_nothing(tmp_path: Path) -> None:
    waiting = run("full_queue", tmp_path, 3000)
    assert int(waiting[0]) > 0
    assert ids(tmp_path) == Counter(str(number) for number in range(3000))
    assert writer_folders(tmp_path / SPOOL) == []


def test_a_program_that_ends_while_masks_wait_ends_in_order_and_loses_nothing(tmp_path: Path) -> None:
    # A thread in native code when the interpreter ends has the process aborted, about every other time.
    for turn in range(8):
        assert run("left_at_work", tmp_path / str(turn), 16) == ["False 16"]
    for turn in (0, 7):
        replay(tmp_path / str(turn))
        assert ids(tmp_path / str(turn)) == Counter(str(number) for number in range(16))
        assert writer_folders(tmp_path / str(turn) / SPOOL) == []


def test_a_logger_that_had_no_time_to_close_finishes_while_the_program_runs_on(
    tmp_path: Path, rng: np.random.Generator
) -> None:
    log = lo.SegmentationLogger("m", enabled_metrics=[], directory=tmp_path)
    for number in range(60):
        log.log_prediction(mask=rng.integers(0, 256, (512, 512), dtype=np.uint8), image_name=str(number))
    assert not log.close(timeout=0)
    assert log in shutdown._registered
    end = time.monotonic() + 120
    while log in shutdown._registered:
        assert time.monotonic() < end
        time.sleep(0.05)
    assert log.stats().written == 60
    assert log.close()


@posix
def test_a_program_that_is_terminated_commits_first(tmp_path: Path) -> None:
    process = start("terminated", tmp_path, 500)
    assert process.stdout is not None
    process.stdout.readline()
    process.terminate()
    finish(process, -signal.SIGTERM)
    assert len(ids(tmp_path)) == 500


@posix
def test_a_fork_doubles_nothing_and_loses_nothing(tmp_path: Path) -> None:
    told = [line.split() for line in run("forked", tmp_path, 50)]
    assert [done for _, done in told] == ["True"] * 4
    assert len({writer for writer, _ in told}) == 4
    replay(tmp_path)
    expected = [f"{who}/{n}" for who in ("parent", "child0", "child1", "child2") for n in range(50)]
    assert ids(tmp_path) == Counter(["early", *expected])


@posix
def test_a_fork_of_a_process_that_used_delta_lake_prints_no_panic(tmp_path: Path) -> None:
    process = start("forked_after_use", tmp_path)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out.decode().split(), err) == (0, ["True", "True"], b"")
    assert ids(tmp_path) == Counter(["child"])


@posix
def test_workers_of_multiprocessing_write_what_they_log(tmp_path: Path) -> None:
    run("workers", tmp_path, 50)
    replay(tmp_path)
    twice = {f"child{child}/{number}": 2 for child in range(1) for number in range(50)}
    assert ids(tmp_path) == Counter({"early": 1, **twice})


@posix
def test_a_full_disk_costs_nothing_once_there_is_room(tmp_path: Path) -> None:
    before, after = run("no_room", tmp_path, 400)
    written, _, problem = before.partition(" ")
    assert int(written) < 400
    assert "cannot be written" in problem
    assert after == "True 400"
    assert len(ids(tmp_path)) == 400


@posix
def test_a_folder_that_may_not_be_written_stops_nothing(tmp_path: Path) -> None:
    # Others may enter the folders above, as they are when a service has a user of its own.
    for above in (tmp_path, *tmp_path.parents):
        if above.owner() != tmp_path.owner() or above == Path("/tmp"):
            break
        above.chmod(0o755)
    place = tmp_path / "log"
    place.mkdir(mode=0o555)
    before, after = run("no_permission", place, 200)
    taken, dropped, written, problem = before.split(" ", 3)
    assert int(taken) + int(dropped) == 200
    assert int(dropped) > 0
    assert (written, "Permission denied" in problem) == ("0", True)
    assert after == f"True {taken}"


def test_two_schemas_at_once(tmp_path: Path) -> None:
    processes = [start("metrics", tmp_path, number) for number in range(2)]
    for process in processes:
        finish(process)
    found = rows(tmp_path)
    assert Counter(row["id"] for row in found) == Counter(f"{n}/{i}" for n in range(2) for i in range(5))
    for row in found:
        odd = int(row["id"][0]) % 2
        assert (row["exposure.contrast"] is not None, row["sharpness.blur"] is not None) == (bool(odd), not odd)
        assert (row["tag.t1"], row["tag.t0"]) == (("x", None) if odd else (None, "x"))


def left_by_a_dead_writer(place: Path) -> Path:
    """The segment of a writer that was killed before it committed."""
    process = start("acknowledged", place)
    assert process.stdout is not None
    for _ in range(20):
        process.stdout.readline()
    process.kill()
    process.communicate()
    folder = writer_folders(place / SPOOL)[0]
    return segments_in(folder)[-1][1]


@posix
def test_a_damaged_segment_gives_back_its_whole_rows_and_is_kept(tmp_path: Path) -> None:
    path = left_by_a_dead_writer(tmp_path)
    rows_before = read_segment(path).rows
    whole = bytearray(path.read_bytes())
    starts = [at for at in range(len(whole)) if whole[at : at + 4] == b"LKSG"]
    whole[starts[-3] + 40] ^= 0xFF
    path.write_bytes(whole)
    stats = replay(tmp_path)
    assert (stats.adopted, stats.damaged) == (rows_before - 1, 1)
    assert [kept.read_bytes() for kept in (tmp_path / SPOOL / DAMAGED).iterdir()] == [bytes(whole)]
    assert replay(tmp_path).damaged == 0


@posix
def test_a_commit_that_was_cut_short_is_not_repeated(tmp_path: Path) -> None:
    path = left_by_a_dead_writer(tmp_path)
    folder, copy = path.parent, path.read_bytes()
    lock = (folder / "lock").read_bytes()
    replay(tmp_path)
    before = ids(tmp_path)
    # As if the process that committed had died before it removed what it committed.
    folder.mkdir()
    (folder / "lock").write_bytes(lock)
    path.write_bytes(copy)
    assert replay(tmp_path).adopted == 0
    assert ids(tmp_path) == before
    assert writer_folders(tmp_path / SPOOL) == []


@posix
def test_a_living_sibling_takes_over_from_the_dead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lookoutcv.log.buffer.committer._ADOPT_SECONDS", 0.2)
    with lo.ClassificationLogger("m", enabled_metrics=[], directory=tmp_path) as log:
        left_by_a_dead_writer(tmp_path)
        end = time.monotonic() + 60
        while not log.stats().adopted and time.monotonic() < end:
            time.sleep(0.05)
        assert log.stats().adopted


def test_clocks_that_disagree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1_700_000_000_000_000_000]
    monkeypatch.setattr("lookoutcv.log.writing.logger.clock.time_ns", lambda: clock[0])
    with lo.ClassificationLogger("m", enabled_metrics=[], directory=tmp_path) as log:
        for jump in (0, 5 * 86_400, -86_400, -(10**8)):
            clock[0] += jump * 1_000_000_000
            assert log.log_prediction(None, "cat", 0.5, str(jump))
    found = sorted(rows(tmp_path), key=lambda row: row["sequence"])
    assert [row["id"] for row in found] == ["0", "432000", "-86400", "-100000000"]
    assert all(row["day"] == row["time"].date() for row in found)


def test_no_room_in_the_queue_drops_and_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lookoutcv.log.writing.worker.Worker._gather", lambda self, rows, waiters: time.sleep(0.01))
    log = lo.ClassificationLogger("m", enabled_metrics=[], directory=tmp_path, max_rows=10)
    said = [log.log_prediction(None, "cat", 0.5) for _ in range(25)]
    stats = log.stats()
    assert (sum(said), stats.logged, stats.dropped) == (10, 10, 15)
    monkeypatch.undo()
    assert log.close()
    assert len(rows(tmp_path)) == 10


def test_a_full_queue_blocks_no_longer_than_its_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lookoutcv.log.writing.worker.Worker._gather", lambda self, rows, waiters: time.sleep(0.01))
    log = lo.ClassificationLogger(
        "m", enabled_metrics=[], directory=tmp_path, max_rows=1, when_full="block", block_seconds=0.1
    )
    assert log.log_prediction(None, "cat", 0.5)
    began = time.monotonic()
    assert not log.log_prediction(None, "cat", 0.5)
    assert time.monotonic() - began >= 0.1
    monkeypatch.undo()
    assert log.log_prediction(None, "cat", 0.5)
    assert log.close()


def test_images_that_do_not_fit_are_let_go_and_their_predictions_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import numpy as np

    monkeypatch.setattr("lookoutcv.log.writing.worker.Worker._gather", lambda self, rows, waiters: time.sleep(0.01))
    log = lo.ClassificationLogger("m", enabled_metrics="exposure.contrast", directory=tmp_path, max_bytes=100_000)
    for number in range(8):
        assert log.log_prediction(np.zeros((100, 100, 3), np.uint8), "cat", 0.5, str(number))
    assert log._engine.calls.bytes == 90_000
    monkeypatch.undo()
    assert log.flush()
    states = Counter(row["image_state"] for row in rows(tmp_path))
    assert states == {"measured": 3, "sampled out": 5}
    assert log._engine.calls.bytes == 0
    assert log.close()
