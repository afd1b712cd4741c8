"""A service that really runs, on a free port of loopback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

_READY_SECONDS = 60.0


class Served:
    """A running service.

    Args:
        process: The first of its processes.
        url: Where it answers.
        client: For requests to it.
        lines: What it wrote on standard error.
    """

    def __init__(self, process: subprocess.Popen[str], url: str, client: httpx.Client, lines: list[str]) -> None:
        self.process, self.url, self.client, self.lines = process, url, client, lines

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.client.get(path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        return self.client.post(path, **more)

    def workers(self) -> list[int]:
        """The processes that answer."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(child) for child in children]

    def wait_for(self, said: Any, seconds: float = 30.0) -> None:
        """Wait until a condition holds."""
        end = time.monotonic() + seconds
        while not said():
            assert time.monotonic() < end, "".join(self.lines)
            time.sleep(0.05)

    def is_ready(self) -> bool:
        with httpx.Client(base_url=self.url) as fresh:  # which process answers is left to chance
            return fresh.get("/ready").status_code == 200

    def stop(self, number: signal.Signals = signal.SIGTERM, seconds: float = 30.0) -> int:
        """End it; the code it ends with."""
        self.process.send_signal(number)
        return self.process.wait(seconds)


def command(*words: object) -> list[str]:
    """The command line of a service on a free port."""
    return [sys.executable, "-m", "lookoutcv", "serve", *map(str, words), "--port", "0"]


@contextmanager
def served(*words: object, cwd: Path, **environment: str) -> Iterator[Served]:
    """Run `lookout serve WORDS`, and stop it.

    Args:
        words: Of its command line.
        cwd: The folder that it runs in.
        environment: Added to this one's.
    """
    process = subprocess.Popen(
        command(*words),
        cwd=cwd,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    lines: list[str] = []
    reading = threading.Thread(target=lambda: lines.extend(process.stderr or ()), daemon=True)
    reading.start()
    watch = threading.Timer(_READY_SECONDS, process.kill)
    watch.start()
    try:
        told = process.stdout.readline()
        watch.cancel()
        if not told.startswith("Ready at "):
            process.wait(10)
            reading.join(5)
            raise AssertionError("".join(lines))
        url = told.split()[-1]
        with httpx.Client(base_url=url, timeout=60) as client:
            yield Served(process, url, client, lines)
    finally:
        watch.cancel()
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
        process.wait()
        reading.join(5)
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()
