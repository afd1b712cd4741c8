"""Programs that tests of the prediction log start, kill and starve; `python log_programs.py NAME DIRECTORY [COUNT]`."""

from __future__ import annotations

import multiprocessing
import os
import resource
import struct
import sys
import tempfile
import time
from functools import partial

import deltalake
import numpy as np
import pyarrow as pa

import lookoutcv as lo

# When a call was made, and its number.
TOLD = struct.Struct("dq")


def logger(place: str, **settings: object) -> lo.ClassificationLogger:
    return lo.ClassificationLogger("m", directory=place, **{"enabled_metrics": [], **settings})  # type: ignore[arg-type]


def say(text: str) -> None:
    os.write(1, f"{text}\n".encode())


def problem_of(log: lo.ClassificationLogger) -> str | None:
    """What is wrong, once it has noticed."""
    end = time.monotonic() + 60
    while log.stats().problem is None and time.monotonic() < end:
        time.sleep(0.01)
    return log.stats().problem


def acknowledged(place: str, count: int) -> None:
    """Log until killed, telling of each row once it is on the disk; commit all the time."""
    log = logger(place, durability="record", commit_seconds=0.1, block_seconds=30)
    for number in range(count):
        name = f"{os.getpid()}/{number}"
        if log.log_prediction(None, "cat", 0.5, name):
            say(name)


def batched(place: str, count: int) -> None:
    """Log until killed, telling of each call and when it was."""
    log = logger(place, commit_seconds=0.5)
    for number in range(count):
        name = f"{os.getpid()}/{number}"
        log.log_prediction(np.full((64, 64, 3), number % 255, np.uint8), "cat", 0.5, name)
        say(f"{time.time()} {name}")
        time.sleep(0.002)


def under_load(place: str, count: int) -> None:
    """Log as fast as calls return, for two seconds or until killed; tell of each call taken, and when, in a file.

    Args:
        place: The directory; its last part begins with the name of the load.
        count: Megabytes of predictions that wait at most.
    """
    random = np.random.default_rng(0)
    load = os.path.basename(place).partition("-")[0]
    scores = random.dirichlet(np.ones(1000)).astype(np.float32)
    noise = random.integers(0, 2, (480, 640), dtype=np.uint8)
    boxes = random.random((300, 4)).astype(np.float32)
    log: lo.ClassificationLogger | lo.DetectionLogger | lo.SegmentationLogger
    if load == "masks":
        log = lo.SegmentationLogger("m", enabled_metrics=[], directory=place, max_bytes=count << 20)
        calls = partial(log.log_prediction, mask=noise)
    elif load == "boxes":
        log = lo.DetectionLogger("m", enabled_metrics=[], directory=place, max_bytes=count << 20)
        calls = partial(log.log_prediction, pred_class=["car"] * 300, confidence=[0.5] * 300, boxes=boxes)
    else:
        log = logger(place, max_bytes=count << 20)
        calls = partial(log.log_prediction, scores=scores if load == "scores" else None, pred_class="cat")
    say("ready")
    with open(f"{place}.told", "wb", buffering=0) as told:
        end = time.time() + 2
        number = 0
        while (now := time.time()) < end:
            if calls(image_name=str(number)):
                told.write(TOLD.pack(now, number))
            number += 1
    say("stopped")
    time.sleep(60)


def full_queue(place: str, count: int) -> None:
    """End with everything still in the queue."""
    log = logger(place)
    for number in range(count):
        log.log_prediction(None, "cat", 0.5, str(number))
    say(str(len(log._engine.calls)))


def terminated(place: str, count: int) -> None:
    """Wait for SIGTERM with rows in hand."""
    log = logger(place)
    for number in range(count):
        log.log_prediction(None, "cat", 0.5, str(number))
    say("ready")
    time.sleep(60)


def forked(place: str, count: int) -> None:
    """A parent that has committed, with calls in its queue, forks children that log too."""
    log = logger(place)
    log.log_prediction(None, "cat", 0.5, "early")
    log.flush()
    for number in range(count):
        log.log_prediction(None, "cat", 0.5, f"parent/{number}")
    children = []
    for child in range(3):
        pid = os.fork()
        if pid == 0:
            for number in range(count):
                log.log_prediction(None, "cat", 0.5, f"child{child}/{number}")
            done = log.close() if child else True  # the first child ends without a word
            if not child:
                log._engine.written(10)
            say(f"{log.writer} {done}")
            os._exit(0)
        children.append(pid)
    for pid in children:
        os.waitpid(pid, 0)
    say(f"{log.writer} {log.close()}")


def forked_after_use(place: str, count: int) -> None:
    """A process that uses Delta Lake for something else forks a child that logs."""
    with tempfile.TemporaryDirectory() as other:
        deltalake.write_deltalake(other, pa.table({"a": [1]}))
    log = logger(place)
    pid = os.fork()
    if pid == 0:
        log.log_prediction(None, "cat", 0.5, "child")
        say(f"{log.flush()} {log.close()}")
        os._exit(0)
    os.waitpid(pid, 0)


def work(log: lo.ClassificationLogger, child: int, count: int) -> None:
    for number in range(count):
        log.log_prediction(None, "cat", 0.5, f"child{child}/{number}")


def workers(place: str, count: int) -> None:
    """Workers of multiprocessing, as a data loader has them, that end without closing anything."""
    log = logger(place)
    log.log_prediction(None, "cat", 0.5, "early")
    log.flush()
    for method in ("fork", "spawn"):
        context = multiprocessing.get_context(method)
        processes = [context.Process(target=work, args=(log, i, count)) for i in range(1)]  # type: ignore[attr-defined]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
    log.close()


def no_room(place: str, count: int) -> None:
    """Log while files may not grow, then while they may."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, resource.RLIM_INFINITY))
    log = logger(place)
    for number in range(count):
        log.log_prediction(None, "cat", 0.5, f"{number}-{os.urandom(64).hex()}")
    problem = problem_of(log)
    say(f"{log.stats().written} {problem}")
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    say(f"{log.close()} {log.stats().committed}")


def no_permission(place: str, count: int) -> None:
    """Log as somebody who may not write there; then he may."""
    # Everything is imported before rights are given up.
    with tempfile.TemporaryDirectory() as other, logger(other) as first:
        first.log_prediction(None, "cat", 0.5)
    if os.geteuid() == 0:
        os.seteuid(65534)
    log = logger(place, max_rows=50)
    said = [log.log_prediction(None, "cat", 0.5, str(number)) for number in range(count)]
    problem = problem_of(log)
    stats = log.stats()
    say(f"{sum(said)} {stats.dropped} {stats.written} {problem}")
    os.seteuid(os.getuid())
    os.chmod(place, 0o755)
    say(f"{log.close()} {log.stats().committed}")


def metrics(place: str, count: int) -> None:
    """One of two processes with metrics and tags of their own."""
    own = ["exposure.contrast", "identity.phash"] if count % 2 else ["sharpness.blur", "noise.sigma"]
    pixels = np.random.default_rng(count).integers(0, 255, (32, 32, 3), dtype=np.uint8)
    with logger(place, enabled_metrics=own, tags={f"t{count % 2}": "x"}, commit_seconds=0.05) as log:
        for number in range(5):
            log.log_prediction(pixels, "cat", 0.5, f"{count}/{number}")
            log.flush()


def left_at_work(place: str, count: int) -> None:
    """Log masks that take a while, close in no time, and end."""
    random = np.random.default_rng(0)
    labels = [str(number) for number in range(256)]
    log = lo.SegmentationLogger("m", enabled_metrics=[], directory=place, labels=labels)
    for number in range(count):
        mask = random.integers(0, 256, (512, 512), dtype=np.uint8)
        log.log_prediction(mask=mask, image_name=str(number))
    say(f"{log.close(timeout=0)} {log.stats().logged}")


if __name__ == "__main__":
    globals()[sys.argv[1]](sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 1_000_000)
