"""A run with a model that was stopped goes on where it was: only what changed is given to the model again."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

import lookoutcv as lo
from lookoutcv.measuring.cache.record_cache import ANSWERED_FILE_NAME
from lookoutcv.measuring.predictions.model_source import ModelSource
from tiny_models import onnx_classifier

# Chunks of 32 are eight, then of 128.
IMAGES = 300


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "images").mkdir()
    rng = np.random.default_rng(8)
    for number in range(IMAGES):
        cv2.imwrite(str(tmp_path / "images" / f"{number:04}.png"), rng.integers(0, 255, (16, 16, 3), np.uint8))
    return tmp_path


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of images that the model is given."""
    names: list[str] = []
    predict = ModelSource.predict

    def noting(self: ModelSource, ids: Any, images: Any) -> Any:
        names.extend(ids)
        return predict(self, ids, images)

    monkeypatch.setattr(ModelSource, "predict", noting)
    return names


def run(folder: Path, **options: Any) -> Any:
    model = folder / "net.onnx"
    if not model.exists():
        onnx_classifier(model)
    options = {"model": model, "workers": 1, "cache": folder / "cache", "trust": True, **options}
    return lo.measure(folder / "images", output=folder / "rows.parquet", **options)


def stopped_after(images: int) -> Any:
    def progress(done: int, total: int | None) -> None:
        if done >= images:
            raise KeyboardInterrupt

    return progress


def rows(folder: Path) -> Any:
    import pyarrow.parquet as pq

    return pq.read_table(folder / "rows.parquet")


def test_a_stopped_run_goes_on_and_its_rows_are_those_of_one_run(folder: Path, asked: list[str]) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(folder, progress=stopped_after(160))
    assert len(asked) == 160
    assert not (folder / "rows.parquet").exists()
    asked.clear()
    assert run(folder).count == IMAGES
    # The chunk in which it was stopped had been measured, and not been taken yet.
    assert len(asked) in (IMAGES - 160, IMAGES - 128)
    known = rows(folder)
    run(folder, cache=False)
    assert rows(folder).equals(known)


def test_what_changed_meanwhile_is_done_anew(folder: Path, asked: list[str]) -> None:
    run(folder)
    asked.clear()
    run(folder)
    assert asked == []
    # The same size and date, another picture.
    changed = folder / "images" / "0040.png"
    facts = changed.stat()
    os.replace(folder / "images" / "0299.png", changed)
    os.utime(changed, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert run(folder).count == IMAGES - 1
    assert {f"{n:04}.png" for n in range(32, 64)} <= set(asked)
    assert len(asked) == 32 + 43  # and the last chunk, which has lost an image
    for options in ({"metrics": "noise"}, {"card": {"task": "classification", "labels": ["a", "b", "c"]}}):
        asked.clear()
        run(folder, **options)
        assert len(asked) == IMAGES - 1
    asked.clear()
    onnx_classifier(folder / "net.onnx", bias=1.0)
    run(folder)
    assert len(asked) == IMAGES - 1


def test_an_image_that_was_skipped_for_its_bytes_is_known_too(folder: Path, asked: list[str]) -> None:
    broken = folder / "images" / "0007.png"
    broken.write_bytes(broken.read_bytes()[:200])
    first = run(folder)
    asked.clear()
    again = run(folder)
    assert asked == []
    assert [one.id for one in again.skipped] == ["0007.png"]
    assert (again.skipped, again.count) == (first.skipped, IMAGES - 1)


def test_a_function_is_asked_every_time(folder: Path) -> None:
    (folder / "own.py").write_text("def net(batch):\n    return batch.mean(axis=(2, 3))\n")
    card = {
        "task": "classification",
        "labels": ["red", "green", "blue"],
        "head": "multi_label",
        "input": {"size": [4, 4], "layout": "NCHW", "dtype": "float32"},
    }
    run(folder, model=f"{folder / 'own.py'}:net", card=card)
    assert not (folder / "cache" / ANSWERED_FILE_NAME).exists()


# Each process waits in the middle, so that it is killed there however late somebody looks.
_WAITING = """
import lookoutcv as lo
from lookoutcv.grids import linear

seen = []

@lo.metric("own.waiting", unit="1", range=(0, 1), grid=linear(0, 1, 10), source="ours")
def waiting(view):
    import time
    from pathlib import Path

    seen.append(1)
    end = time.monotonic() + 200
    while len(seen) > 200 and not Path({go!r}).exists() and time.monotonic() < end:
        time.sleep(0.01)
    return 0.5
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_a_run_in_processes_that_is_killed_goes_on(folder: Path) -> None:
    for copy in range(4):
        for number in range(IMAGES):
            os.link(folder / "images" / f"{number:04}.png", folder / "images" / f"{copy}-{number:04}.png")
    model = onnx_classifier(folder / "net.onnx")
    (folder / "own.py").write_text(_WAITING.format(go=str(folder / "go")))
    command = [
        *(sys.executable, "-m", "lookoutcv", "measure", str(folder / "images"), "--model", str(model)),
        *("--plugin", str(folder / "own.py"), "--metrics", "own.waiting,exposure"),
        *("-o", str(folder / "rows.parquet"), "--workers", "2", "--cache", str(folder / "cache")),
    ]
    with subprocess.Popen(command, start_new_session=True, stderr=subprocess.PIPE, text=True) as process:
        until = time.monotonic() + 90
        while process.poll() is None and kept(folder) < 2 and time.monotonic() < until:
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)
    (folder / "go").touch()
    before = kept(folder)
    assert 2 <= before < 16
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    going_on = rows(folder)
    assert kept(folder) > before
    subprocess.run([*command, "--no-cache"], check=True, capture_output=True, timeout=300)
    assert rows(folder).equals(going_on)


def kept(folder: Path) -> int:
    file = folder / "cache" / ANSWERED_FILE_NAME
    if not file.exists():
        return 0
    try:
        with sqlite3.connect(file) as connection:
            return int(connection.execute("SELECT count(*) FROM entries").fetchone()[0])
    except sqlite3.Error:
        return 0
