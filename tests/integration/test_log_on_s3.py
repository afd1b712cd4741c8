"""The prediction log on a store that speaks S3, on loopback: written, read, and gone for a while."""

from __future__ import annotations

import os
import socket
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import lookoutcv as lo
from lookoutcv.log.buffer.spool import spool_for, writer_folders
from lookoutcv.log.table.log_table import open_table

BUCKET = "logs"


class Store:
    """A server that can be stopped and started on the same port; what it held stays."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        from moto.server import ThreadedMotoServer

        self.server = ThreadedMotoServer("127.0.0.1", self.port, verbose=False)
        self.server.start()

    def stop(self) -> None:
        self.server.stop()


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Store]:
    pytest.importorskip("moto")
    import boto3

    one = Store()
    for name, value in {
        "AWS_ENDPOINT_URL": one.url,
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_REGION": "us-east-1",
        "AWS_ALLOW_HTTP": "true",
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }.items():
        monkeypatch.setenv(name, value)
    one.start()
    boto3.client("s3", endpoint_url=one.url, region_name="us-east-1").create_bucket(Bucket=BUCKET)
    yield one
    one.stop()


@pytest.fixture
def place(store: Store, tmp_path: Path) -> str:
    # The server keeps its buckets for as long as this process lives.
    return f"s3://{BUCKET}/{tmp_path.name}"


def ids(place: str) -> Counter[str]:
    return Counter(name for batch in open_table(place).scan(columns=["id"]) for name in batch.column("id").to_pylist())


def test_it_is_written_and_read(place: str, tmp_path: Path) -> None:
    with lo.ClassificationLogger("m", enabled_metrics=[], directory=place) as log:
        for number in range(20):
            assert log.log_prediction(None, "cat", 0.5, str(number))
        assert log.flush(), log.stats()
    assert ids(place) == Counter(map(str, range(20)))
    spool = spool_for(place)
    assert os.path.commonpath([spool, tmp_path]) == str(tmp_path)
    assert writer_folders(spool) == []


@pytest.mark.parametrize("seconds", [2, pytest.param(60, marks=pytest.mark.soak)])
def test_a_store_that_is_gone_for_a_while_loses_and_doubles_nothing(store: Store, place: str, seconds: float) -> None:
    log = lo.ClassificationLogger("m", enabled_metrics=[], directory=place, commit_seconds=0.2)
    assert log.log_prediction(None, "cat", 0.5, "before")
    assert log.flush()
    store.stop()
    end = time.monotonic() + seconds
    number = 0
    while time.monotonic() < end:
        assert log.log_prediction(None, "cat", 0.5, str(number))
        number += 1
        time.sleep(0.05)
    assert not log.flush(timeout=1)
    assert "wait in the spool" in str(log.stats().problem)
    assert log.stats().written == number + 1
    store.start()
    assert log.close(timeout=60), log.stats()
    assert log.stats().problem is None
    assert ids(place) == Counter(["before", *map(str, range(number))])


def test_a_store_that_stays_away_leaves_the_rows_to_the_next(store: Store, place: str) -> None:
    store.stop()
    log = lo.ClassificationLogger("m", enabled_metrics=[], directory=place)
    assert log.log_prediction(None, "cat", 0.5, "a")
    assert not log.close(timeout=1)
    store.start()
    with lo.ClassificationLogger("m", enabled_metrics=[], directory=place) as following:
        # The first one's thread may still be asking the store, and holds on to its rows until it ends.
        end = time.monotonic() + 60
        while not following.stats().adopted and time.monotonic() < end:
            assert following.flush()
            time.sleep(0.1)
    assert ids(place) == Counter(["a"])
