"""Lines of libraries that users need not see."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from lookoutcv.files import stderr_filter
from tiny_models import onnx_classifier, tflite_mean, torchscript_mean


@pytest.fixture(autouse=True)
def _nothing_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stderr_filter, "_seen", set())


def test_only_the_line_is_left_out(capfd: pytest.CaptureFixture[str]) -> None:
    with stderr_filter.without_stderr_lines(b"chatter"):
        os.write(2, b"before\nINFO: chatter of a library\nERROR: real\nno end")
    os.write(2, b"\nafter\n")
    assert capfd.readouterr().err == "before\nERROR: real\nno end\nafter\n"


def test_what_another_thread_writes_is_not_lost(capfd: pytest.CaptureFixture[str]) -> None:
    go, lines = threading.Event(), [f"line {i}\n" for i in range(3000)]

    def write() -> None:
        go.wait()
        for line in lines:
            os.write(2, line.encode())

    other = threading.Thread(target=write)
    other.start()
    go.set()
    for _ in range(20):
        with stderr_filter.without_stderr_lines(b"chatter"):
            pass
    other.join()
    assert sorted(capfd.readouterr().err.splitlines(keepends=True)) == sorted(lines)


def test_it_ends_with_an_error_too(capfd: pytest.CaptureFixture[str]) -> None:
    def fails() -> None:
        with stderr_filter.without_stderr_lines(b"chatter"):
            os.write(2, b"chatter\n")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"
    assert stderr_filter._seen == {b"chatter"}


def test_what_other_threads_say_after_the_error_is_kept_back_too(capfd: pytest.CaptureFixture[str]) -> None:
    def late() -> None:
        for _ in range(3):
            time.sleep(0.1)
            os.write(2, b"thread panicked at a.rs\n")
        os.write(2, b"real\n")

    other = threading.Thread(target=late)
    with suppress(ZeroDivisionError), stderr_filter.stderr_lines(re.compile(b"panicked at"), of_threads=True) as lines:
        other.start()
        raise ZeroDivisionError
    other.join()
    assert len(lines) == 3
    assert capfd.readouterr().err == "real\n"


def test_a_closed_standard_error_is_no_error() -> None:
    code = (
        "import os; os.close(2)\n"
        "from lookoutcv.files.stderr_filter import without_stderr_lines\n"
        "with without_stderr_lines(b'x'): print('ran')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "ran\n"


@pytest.mark.parametrize(
    ("name", "make"), [("net.onnx", onnx_classifier), ("net.tflite", tflite_mean), ("net.pt", torchscript_mean)]
)
def test_a_model_says_nothing_on_standard_error(name: str, make: object, tmp_path: Path) -> None:
    path = make(tmp_path / name)  # type: ignore[operator]
    code = (
        "import sys, numpy as np, lookoutcv as lo\n"
        "card = {'input': {'size': [4, 4], 'scale': 1}, 'head': 'logits'}\n"
        "model = lo.open_model(sys.argv[1], card)\n"
        "model.predict([np.zeros((4, 4, 3), np.uint8)] * 3)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
