"""The models that a process serves, by name; replaced as one."""

from __future__ import annotations

import difflib
import threading
from dataclasses import dataclass

from lookoutcv.gate.gate import Gate
from lookoutcv.processes.machine import cpu_count
from lookoutcv.service.hosting.hosted_model import HostedModel
from lookoutcv.service.plan import ServicePlan
from lookoutcv.service.problems import Problem

_CLOSE_SECONDS = 8.0


@dataclass(frozen=True)
class Loaded:
    """What was loaded at once: it answers together.

    Args:
        models: By name, in the order of the plan.
        gate: None without one.
    """

    models: dict[str, HostedModel]
    gate: Gate | None

    @property
    def identity(self) -> dict[str, str]:
        """By what two loadings are known for the same."""
        gate = {} if self.gate is None else {"gate": self.gate.identity}
        return {**{f"model {name}": one.identity for name, one in self.models.items()}, **gate}

    @property
    def shadows(self) -> list[HostedModel]:
        """Models whose answers are only logged."""
        return [one for one in self.models.values() if one.shadow]

    def model(self, name: str | None) -> HostedModel:
        """The model of a name; the first one where none is named.

        Raises:
            Problem: None that answers has this name.
        """
        answering = {one.name: one for one in self.models.values() if not one.shadow}
        if name is None:
            return next(iter(answering.values()))
        if name not in answering:
            near = difflib.get_close_matches(name, answering, 1)
            guess = f" Did you mean {near[0]!r}?" if near else f" There are {', '.join(map(repr, answering))}."
            raise Problem(404, f"No model is called {name[:100]!r} here.{guess}", "unknown-model")
        return answering[name]

    def close(self, seconds: float) -> None:
        """End its logs."""
        for one in self.models.values():
            one.close(seconds)


def load(plan: ServicePlan) -> Loaded:
    """Open everything that a plan names.

    Raises:
        LookoutError: One cannot be opened.
    """
    threads = max(1, cpu_count() // plan.workers)
    gate = None if plan.gate is None else Gate.load(plan.gate)
    models = {one.name: HostedModel(one, plan, threads) for one in plan.models}
    if plan.log is not None:
        measurers = () if gate is None else (gate.measurer(),)
        for model in models.values():
            model.open_log(plan.log, measurers)
    return Loaded(models, gate)


class Shelf:
    """What is loaded now, and what may replace it.

    Args:
        plan: What to load.
    Raises:
        LookoutError: It cannot be loaded.
    """

    def __init__(self, plan: ServicePlan) -> None:
        self._plan = plan
        self._lock = threading.Lock()
        self._next: Loaded | None = None
        self.now = load(plan)
        self.reloads = 0

    def prepare(self) -> Loaded:
        """Load anew beside what answers.

        Raises:
            LookoutError: That cannot be loaded; what answers goes on.
        """
        made = load(self._plan)
        with self._lock:
            self._next, left = made, self._next
        if left is not None:
            left.close(_CLOSE_SECONDS)
        return made

    def commit(self) -> None:
        """Let what was prepared answer from now on. Requests that have begun are answered by what was there."""
        with self._lock:
            if self._next is None:
                return
            old, self.now, self._next = self.now, self._next, None
            self.reloads += 1
        # Requests in hand still log: a logger takes nothing once it is closed. They are given their time.
        timer = threading.Timer(self._plan.request_seconds, old.close, (_CLOSE_SECONDS,))
        timer.daemon = True
        timer.start()

    def abandon(self) -> None:
        """Let what was prepared go."""
        with self._lock:
            left, self._next = self._next, None
        if left is not None:
            left.close(_CLOSE_SECONDS)
