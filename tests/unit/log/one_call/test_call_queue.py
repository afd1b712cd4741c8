"""How many calls may be in memory alone: as few as are written in time."""

from __future__ import annotations

import threading
import time

import pytest

from lookoutcv.log.one_call import call_queue
from lookoutcv.log.one_call.call_queue import Call, CallQueue


def call(age_seconds: float = 0.0, size: int = 0) -> Call:
    clock_ns = time.time_ns() - int(age_seconds * 1e9)
    return Call(0, clock_ns, ("cat", 0.5), None, 0, False, {}, prediction_bytes=size)


def put_while(calls: CallQueue, more: Call) -> threading.Thread:
    """Put a call in a thread of its own, which is at it when this returns."""
    calls.many_exposed.clear()
    thread = threading.Thread(target=calls.put, args=(more,))
    thread.start()
    assert calls.many_exposed.wait(30)
    return thread


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> CallQueue:
    """A queue whose callers wait as long as they must."""
    monkeypatch.setattr(call_queue, "_EXPOSED_SECONDS", 30.0)
    return CallQueue()


@pytest.mark.parametrize("written", ["journal", "rows"])
def test_a_call_waits_where_the_oldest_in_memory_alone_waits_too_long(patient: CallQueue, written: str) -> None:
    old = call(age_seconds=2.0)
    patient.put(old)
    thread = put_while(patient, call())
    assert patient.taken == 1
    if written == "journal":
        patient.note_journaled([old])
    else:
        patient.note_stored(1)
    thread.join(30)
    assert patient.taken == 2


def test_a_call_waits_where_much_is_in_memory_alone(patient: CallQueue) -> None:
    large = call(size=call_queue.MOST_EXPOSED_BYTES + 1)
    patient.put(large)
    thread = put_while(patient, call(size=1))
    assert patient.taken == 1
    patient.note_journaled([large])
    thread.join(30)
    assert patient.taken == 2
    assert patient.exposed_bytes == 1


def test_a_call_is_taken_in_the_end_where_nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_queue, "_EXPOSED_SECONDS", 0.01)
    calls = CallQueue()
    calls.put(call(age_seconds=2.0))
    assert calls.put(call())
    assert calls.taken == 2


def test_what_is_on_the_disk_makes_nobody_wait() -> None:
    calls = CallQueue()
    journaled, young = call(age_seconds=5.0), call()
    calls.put(journaled)
    calls.note_journaled([journaled])
    calls.put(young)
    calls.put(call())
    assert not calls.many_exposed.is_set()
    assert calls.exposed() == [young, *calls.exposed()[1:]]


def test_a_call_whose_row_is_waited_for_does_not_wait_before() -> None:
    calls = CallQueue()
    calls.put(call(age_seconds=5.0))
    acknowledged = call()
    acknowledged.written = threading.Event()
    calls.put(acknowledged)
    assert not calls.many_exposed.is_set()
    assert calls.taken == 2
