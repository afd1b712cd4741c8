"""Clocks, and two or more pieces of work timed turn by turn, so that a busy moment of the machine meets them all.

CPU time is compared wherever the work runs on one core: other programs on the machine then change it little.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

Clock = Callable[[], float]
Work = Callable[[], object]

cpu: Clock = time.process_time
wall: Clock = time.perf_counter


@dataclass(frozen=True)
class Spread:
    """A median over rounds, with the lowest and the highest round."""

    middle: float
    low: float
    high: float
    rounds: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """The spread of some values, at least one."""
        return cls(median(values), min(values), max(values), len(values))

    def basis(self, of_what: str = "") -> str:
        """In words: what, how many rounds, from where to where."""
        spread = f"{self.rounds} rounds, {self.low:.3g} to {self.high:.3g}"
        return f"{of_what}, {spread}" if of_what else spread

    def times(self, factor: float) -> Spread:
        """The same in another unit."""
        return Spread(self.middle * factor, self.low * factor, self.high * factor, self.rounds)


@dataclass(frozen=True)
class Rounds:
    """Seconds that each piece of work took in each round."""

    seconds: Mapping[str, Sequence[float]]

    def ratio(self, of: str, over: str) -> Spread:
        """How many times longer `of` took than `over`, round by round."""
        pairs = zip(self.seconds[of], self.seconds[over], strict=True)
        return Spread.of([one / other for one, other in pairs])

    def more(self, of: str, over: str) -> Spread:
        """How many seconds longer `of` took than `over`, round by round."""
        pairs = zip(self.seconds[of], self.seconds[over], strict=True)
        return Spread.of([one - other for one, other in pairs])

    def time(self, of: str) -> Spread:
        """The seconds of one piece of work."""
        return Spread.of(self.seconds[of])


def take_turns(work: Mapping[str, Work], rounds: int, clock: Clock = cpu, warm_up: bool = True) -> Rounds:
    """Time pieces of work in turn: A B C A B C ...

    Args:
        work: Name -> what to run; all see the same files or arrays.
        rounds: How often each is timed.
        clock: `cpu` or `wall`.
        warm_up: Run each once before, untimed: imports, caches, the disk's pages.
    """
    if warm_up:
        for run in work.values():
            run()
    seconds: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(rounds):
        for name, run in work.items():
            before = clock()
            run()
            seconds[name].append(clock() - before)
    return Rounds(seconds)


def child_cpu(arguments: Sequence[str]) -> float:
    """CPU seconds of a Python process and all it waited for, interpreter and imports included.

    Args:
        arguments: What follows `python`.
    Raises:
        RuntimeError: It failed.
    """
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    complaint = process.stderr.read()
    process.stderr.close()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{arguments} ended with {process.returncode}: {complaint.decode(errors='replace')}")
    return used.ru_utime + used.ru_stime


def child_turns(commands: Mapping[str, Sequence[str]], rounds: int) -> Rounds:
    """CPU of several Python command lines, in turn, each in a process of its own; once before, untimed.

    Args:
        commands: Name -> what follows `python`.
        rounds: How often each is run.
    """
    for arguments in commands.values():
        child_cpu(arguments)
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, arguments in commands.items():
            seconds[name].append(child_cpu(arguments))
    return Rounds(seconds)
