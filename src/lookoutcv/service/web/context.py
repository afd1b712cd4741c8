"""What endpoints share: the plan, the models, the threads, what is counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request

from lookoutcv.service.hosting.ask import Answers
from lookoutcv.service.hosting.shelf import Shelf
from lookoutcv.service.hosting.worker_threads import WorkerThreads
from lookoutcv.service.plan import ServicePlan
from lookoutcv.service.telemetry.instruments import Instruments


@dataclass
class Fleet:
    """What the process that started this one says of all of them.

    Args:
        workers: How many there are to be.
        ready: How many answer.
        deaths: How many ended without being asked to.
    """

    workers: int = 1
    ready: int = 0
    deaths: int = 0


@dataclass
class ServiceContext:
    """What endpoints share.

    Args:
        plan: What the service does.
        shelf: Its models.
        threads: What works at images.
        answers: What is said of them.
        instruments: What is counted.
        fleet: The other processes.
        draining: No more requests are to come.
        ask_reload: Ask the process that started this one to load the models anew in all; gives what came of it.
    """

    plan: ServicePlan
    shelf: Shelf
    threads: WorkerThreads
    answers: Answers
    instruments: Instruments
    fleet: Fleet = field(default_factory=Fleet)
    draining: bool = False
    ask_reload: Any = None


def context_of(request: Request) -> ServiceContext:
    """The context of a request's application."""
    context: ServiceContext = request.app.state.context
    return context
