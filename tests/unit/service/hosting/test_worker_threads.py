"""Threads behind a bounded queue: what fails belongs to whoever asked, what nobody waits for is not begun."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from lookoutcv.service.hosting.worker_threads import WorkerThreads
from lookoutcv.service.problems import Problem


@pytest.fixture
def threads() -> Iterator[WorkerThreads]:
    made = WorkerThreads(1, 2)
    yield made
    made.end()


def test_what_finds_the_queue_full_is_told_when_to_come_again(threads: WorkerThreads) -> None:
    opened = threading.Event()

    async def ask() -> list[object]:
        first = asyncio.create_task(threads.run(lambda: opened.wait(10), 20))
        while not threads.longest_seconds:
            await asyncio.sleep(0.001)
        waiting = [asyncio.create_task(threads.run(lambda n=n: n, 20)) for n in range(2)]
        await asyncio.sleep(0.01)
        assert threads.waiting == 2
        with pytest.raises(Problem) as told:
            await threads.run(lambda: None, 20)
        assert (told.value.status, int((told.value.headers or {})["retry-after"]) >= 1) == (429, True)
        opened.set()
        return [await one for one in (first, *waiting)]

    assert asyncio.run(ask()) == [True, 0, 1]
    assert (threads.refused, threads.waiting) == (1, 0)


def test_what_nobody_waits_for_any_more_is_not_begun(threads: WorkerThreads) -> None:
    opened, begun = threading.Event(), threading.Event()

    async def ask() -> None:
        first = asyncio.create_task(threads.run(lambda: opened.wait(10), 20))
        while not threads.longest_seconds:
            await asyncio.sleep(0.001)
        with pytest.raises(Problem) as told:
            await threads.run(begun.set, 0.05)
        assert told.value.status == 504
        opened.set()
        await first
        assert await threads.run(lambda: "next", 5) == "next"

    asyncio.run(ask())
    assert not begun.is_set()


def test_an_error_is_that_of_whoever_asked(threads: WorkerThreads) -> None:
    async def ask() -> str:
        with pytest.raises(ZeroDivisionError):
            await threads.run(lambda: 1 // 0, 5)
        return await threads.run(lambda: "next", 5)

    assert asyncio.run(ask()) == "next"
    assert threads.longest_seconds == 0


def test_several_threads_work_at_once() -> None:
    threads = WorkerThreads(2, 4)
    both = threading.Barrier(2)

    async def ask() -> list[int]:
        return list(await asyncio.gather(*(threads.run(lambda: both.wait(10), 20) for _ in range(2))))

    assert sorted(asyncio.run(ask())) == [0, 1]
    threads.end()
