"""A server on loopback under load: answers a second, how late they are, and what its processes spend on one."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

_START_SECONDS = 90.0
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass(frozen=True)
class Load:
    """What a server did under load.

    Args:
        rate: Answers a second.
        median_ms, p99_ms: How late they were.
        core_ms: What the server's processes spent on one, of the processor.
        answers: How many there were.
        failures: Answers other than 200.
    """

    rate: float
    median_ms: float
    p99_ms: float
    core_ms: float
    answers: int
    failures: int


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def running(command: Sequence[str], port: int, environment: Mapping[str, str], ready: str) -> Iterator[int]:
    """A server, once it answers; its first process.

    Args:
        command: It.
        port: Where it listens.
        environment: Added to this one's.
        ready: The path that answers 200 once it is ready.
    """
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        end = time.monotonic() + _START_SECONDS
        while not _answers(f"http://127.0.0.1:{port}{ready}"):
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{command[:4]} does not answer")
            time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return int(answer.status) == 200
    except (urllib.error.URLError, OSError):
        return False


def load(pid: int, port: int, request: bytes, concurrency: int, seconds: float) -> Load:
    """Ask again and again, over so many connections.

    Args:
        pid: The server's first process.
        port: Where it listens.
        request: Head and body, as they go over the wire.
        concurrency: Connections, each with one request at a time.
        seconds: How long.
    """
    before = core_seconds(pid)
    began = time.perf_counter()
    taken = asyncio.run(_asked(port, request, concurrency, began + seconds))
    took = time.perf_counter() - began
    spent = core_seconds(pid) - before
    late = [1000 * one for one, _ in taken]
    cuts = quantiles(late, n=100, method="inclusive")
    return Load(
        len(taken) / took, cuts[49], cuts[98], 1000 * spent / len(taken), len(taken), sum(not ok for _, ok in taken)
    )


async def _asked(port: int, request: bytes, concurrency: int, end: float) -> list[tuple[float, bool]]:
    taken: list[tuple[float, bool]] = []

    async def connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while (began := time.perf_counter()) < end:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            lower = head.lower()
            at = lower.index(b"content-length:") + 15
            await reader.readexactly(int(lower[at : lower.index(b"\r", at)]))
            taken.append((time.perf_counter() - began, b" 200 " in head[:20]))
        writer.close()

    await asyncio.gather(*(connection() for _ in range(concurrency)))
    return taken


def core_seconds(root: int) -> float:
    """What a process and all that it started have spent of processors, those that ended and were waited for too."""
    parents, spent = {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(fields[1])
            spent[int(entry.name)] = sum(map(int, fields[11:15])) / _TICKS
    tree = {root}
    while more := {pid for pid, parent in parents.items() if parent in tree} - tree:
        tree |= more
    return sum(spent.get(pid, 0.0) for pid in tree)
