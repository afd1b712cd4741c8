"""A service when things go wrong: slow and broken models, slow and hostile clients, processes that are killed."""

from __future__ import annotations

import os
import random
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image

import lookoutcv as lo
from served import Served, served

# A model that does what the width of its image says.
MODEL = """\
import os, time

from lookoutcv.predictions import Classification

def predict(pixels):
    width = pixels.shape[1]
    if width == 13:
        os._exit(9)
    if width == 17:
        raise ValueError("seventeen")
    time.sleep(max(width - 100, 0) / 100)
    return Classification("cat", 0.75)
"""


def picture(width: int) -> bytes:
    """What makes the model take (width - 100) hundredths of a second."""
    file = BytesIO()
    Image.fromarray(np.full((20, width, 3), 90, np.uint8)).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "model.py").write_text(MODEL)
    return tmp_path


@pytest.fixture
def one(place: Path) -> Iterator[Served]:
    """One process that works at one image, with little patience."""
    words = ("model.py:predict", "--workers", 1, "--queue", 2, "--request-seconds", 2, "--log", "log")
    with served(*words, cwd=place) as running:
        yield running


def status(running: Served, width: int) -> httpx.Response:
    with httpx.Client(base_url=running.url, timeout=30) as client:
        return client.post("/predict", content=picture(width))


def test_a_full_queue_says_when_to_come_again(one: Served) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: status(one, 160), range(8)))
    codes = sorted(answer.status_code for answer in answers)
    assert codes.count(200) >= 3
    assert codes.count(429) >= 3
    assert {*codes} <= {200, 429}
    waits = [int(answer.headers["retry-after"]) for answer in answers if answer.status_code == 429]
    assert min(waits) >= 1
    assert status(one, 50).status_code == 200


def test_an_answer_that_takes_too_long_is_given_up(one: Served) -> None:
    answer = status(one, 500)
    assert (answer.status_code, answer.json()["type"]) == (504, "urn:lookoutcv:problem:too-slow")
    assert one.get("/health").status_code == 200
    one.wait_for(lambda: status(one, 50).status_code == 200)


def test_a_model_that_fails_is_said_and_the_next_image_is_answered(one: Served) -> None:
    answer = status(one, 17)
    assert (answer.status_code, answer.json()["type"]) == (500, "urn:lookoutcv:problem:inference-failed")
    assert "Traceback" not in answer.text
    assert status(one, 50).status_code == 200


def test_a_model_that_ends_its_process_costs_that_process_alone(place: Path) -> None:
    with served("model.py:predict", "--workers", 2, cwd=place) as running:
        running.wait_for(running.is_ready)
        with pytest.raises(httpx.RemoteProtocolError):
            status(running, 13)
        for _ in range(10):
            assert status(running, 50).status_code == 200
        running.wait_for(running.is_ready)
        assert running.get("/ready").json()["worker_deaths"] == 1
        assert any("ended (code 9)" in line for line in running.lines)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_has_begun_is_answered_before_the_end(number: signal.Signals, place: Path) -> None:
    with served("model.py:predict", "--workers", 2, "--log", "log", cwd=place) as running:
        running.wait_for(running.is_ready)
        with ThreadPoolExecutor(2) as pool:
            asked = [pool.submit(status, running, 250) for _ in range(2)]
            time.sleep(0.5)
            assert running.stop(number) == 0
            answers = [one.result() for one in asked]
        assert [answer.status_code for answer in answers] == [200, 200]
    rows = lo.open_log(place / "log").read(columns=["id"]).to_pylist()
    assert sorted(row["id"] for row in rows) == sorted(answer.json()["id"] for answer in answers)


def test_processes_end_with_the_one_that_started_them_and_acknowledged_rows_stay(place: Path) -> None:
    with served("model.py:predict", "--workers", 2, "--log", "log", cwd=place) as running:
        running.wait_for(running.is_ready)
        ids = [status(running, 50).json()["id"] for _ in range(6)]
        workers = running.workers()
        running.process.kill()
        running.wait_for(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in workers))
    found = {row["id"] for row in lo.open_log(place / "log").read(columns=["id"]).to_pylist()}
    assert {*ids} <= found


def test_a_head_that_never_comes_holds_nothing_up(one: Served) -> None:
    host, port = one.url.removeprefix("http://").split(":")
    silent = [socket.create_connection((host, int(port))) for _ in range(200)]
    for number, connection in enumerate(silent):
        if number % 2:
            connection.sendall(b"POST /predict HTTP/1.1\r\nHost: x\r\n")
    assert status(one, 50).status_code == 200
    slow = socket.create_connection((host, int(port)))
    slow.sendall(b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc")
    slow.settimeout(20)
    assert b" 408 " in slow.recv(1000)
    for connection in [*silent, slow]:
        connection.settimeout(20)
        while connection.recv(1000):
            pass
        connection.close()


def test_hostile_images_are_never_our_fault(one: Served) -> None:
    chance = random.Random(0)
    whole = picture(60)
    codes: dict[int, int] = {}
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 8)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        answer = one.post("/predict", content=bytes(data[: chance.randint(1, len(data))]))
        codes[answer.status_code] = codes.get(answer.status_code, 0) + 1
    assert {*codes} <= {200, 413, 422}, codes
    assert codes[422] > 50
