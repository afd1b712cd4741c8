"""What a benchmark says: figures, each with its goal and with what it rests on."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Goal:
    """A limit that a figure is to keep to: at most `limit`, or with `at_least` no less than it."""

    limit: float
    at_least: bool = False

    def reached(self, value: float) -> bool:
        """Whether the value keeps to it."""
        return value >= self.limit if self.at_least else value <= self.limit


@dataclass(frozen=True)
class Figure:
    """One number that a benchmark found.

    Args:
        name: What was measured, in a few words.
        value: The number; None where this machine cannot measure it, and `basis` says why.
        unit: "x" for a ratio, "MB", "ms", "s", "kB" ...
        basis: What it rests on: how many images and rounds, lowest and highest round.
        goal: None where the figure only explains another.
    """

    name: str
    value: float | None
    unit: str
    basis: str
    goal: Goal | None = None

    @property
    def value_text(self) -> str:
        """The number with its unit, three digits."""
        return "not measured" if self.value is None else with_unit(self.value, self.unit)

    @property
    def goal_text(self) -> str:
        """The goal with its unit; empty where there is none."""
        if self.goal is None:
            return ""
        return f"{'>=' if self.goal.at_least else '<='} {with_unit(self.goal.limit, self.unit)}"

    @property
    def verdict(self) -> str:
        """ "yes" or "no"; empty without a goal or a number."""
        if self.goal is None or self.value is None:
            return ""
        return "yes" if self.goal.reached(self.value) else "no"


@dataclass(frozen=True)
class Option:
    """An option of one benchmark, beyond those that all have.

    Args:
        flag: "--largest".
        default: Its value unless given; its type is the option's type.
        help: One line.
    """

    flag: str
    default: Any
    help: str

    @property
    def name(self) -> str:
        """The attribute of the settings that holds the value."""
        return self.flag.removeprefix("--").replace("-", "_")


@dataclass(frozen=True)
class Benchmark:
    """A benchmark: its function, and what the command line must know of it.

    Args:
        title: What it measures, as a heading.
        measure: Given the settings (`data`, `verbose` and its own options), yields figures as they are found.
        options: Its own options.
    """

    title: str
    measure: Callable[[Namespace], Iterator[Figure]]
    options: Sequence[Option] = ()


def with_unit(value: float, unit: str) -> str:
    """A number of three digits and its unit.

    Example:
        >>> with_unit(1.666, "x"), with_unit(12345.6, "MB"), with_unit(0.00012, "s")
        ('1.67x', '12,346 MB', '0.00012 s')
    """
    digits = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{digits}{'' if unit == 'x' else ' '}{unit}"
