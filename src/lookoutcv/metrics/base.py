"""What a metric is: a function from an image to one number, with its unit, range, grid and source beside it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.calls.option_names import option
from lookoutcv.errors import ConfigError, MetricFailed
from lookoutcv.grids import Grid
from lookoutcv.pixels.view import ImageView
from lookoutcv.plugins import METRICS, Registry, first_line

Change = Literal["percent", "points", "log", "absolute", "direction"]

_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
# Records hold values as float32 and hashes as unsigned 64-bit numbers.
_LARGEST_VALUE = float(np.finfo(np.float32).max)
_LARGEST_HASH = 2**64 - 1


@only_known_keywords()
@dataclass(frozen=True)
class Metric:
    """A metric: its function and everything a report, a profile and a reader must know of it.

    Args:
        name: `family.name`, lower case.
        measure: The function. Pure: it leaves the pixels alone and gives the same number for the same image.
        unit: Unit of the value: "1" for a ratio, "px", "bytes", "bit", "grey level", "grey level^2" ...
        range: Smallest and largest possible value; None where there is no bound.
        grid: Cells on which profiles count the value; None for a hash, which is recorded but never counted or tested.
        source: Paper, standard or definition.
        rises, falls: How a person says that it went up or down, about several images: "brighter", "less sharp".
        change: How a shift is put in words: "percent" of the value before, percentage "points" (for shares),
            "log" for logarithms of ratios (a difference d is exp(d) - 1 in percent), "absolute" in the unit, or
            "direction" alone, where the unit means nothing to people.
        default: Measured unless other metrics are asked for.
        headline: Whether it may speak for metrics that move along with it. False for details, such as one colour
            channel, that people would rather hear of as brightness.
    Raises:
        ConfigError: The name is not `family.name` in lower case, or the range is empty.
    """

    name: str
    measure: Callable[[ImageView], float]
    unit: str
    range: tuple[float | None, float | None]
    grid: Grid | None
    source: str
    rises: str
    falls: str
    change: Change = "percent"
    default: bool = True
    headline: bool = True

    def __post_init__(self) -> None:
        if not (isinstance(self.name, str) and _NAME.fullmatch(self.name)):
            raise ConfigError(
                f"{self.name!r} is no name for a metric",
                "Name it `family.name`, in lower-case letters, digits and underscores.",
                key=self.name,
            )
        low, high = self.range
        if low is not None and high is not None and not low < high:
            raise ConfigError(
                f"the range of the metric {self.name!r} is empty: {self.range}",
                "Give the smallest possible value first; None where there is no bound.",
                key=self.name,
            )

    @property
    def title(self) -> str:
        """The name for people: `sharpness.high_frequency` is "Sharpness: high frequency"."""
        family, _, rest = self.name.partition(".")
        return f"{family.replace('_', ' ').capitalize()}: {rest.replace('_', ' ').replace('.', ' ')}"

    @property
    def summary(self) -> str:
        """The first line of the function's docstring; the title where it has none."""
        return first_line(self.measure) or self.title

    def __call__(self, view: ImageView) -> float:
        """Measure one image.

        Args:
            view: The image.
        Returns:
            The value, or NaN where it does not exist for this image; of a hash, a whole number below 2**64.
        Raises:
            MetricFailed: The function raised, or returned something that records cannot hold: no number, an infinite
                or too large one.
        """
        try:
            value = self.measure(view)
            number = int(value) if self.grid is None else float(value)
        except Exception as reason:  # a user's function: anything may happen
            raise MetricFailed(
                f"the metric {self.name!r} failed ({type(reason).__name__}: {reason})",
                f"Correct it, or leave it out of {option('metrics')}.",
                metric=self.name,
                reason=str(reason),
            ) from reason
        low, high = (0, _LARGEST_HASH) if self.grid is None else (-_LARGEST_VALUE, _LARGEST_VALUE)
        # NaN is neither below nor above.
        if number < low or number > high:
            wanted = "an unsigned 64-bit" if self.grid is None else "a finite float32"
            raise MetricFailed(
                f"the metric {self.name!r} returned a number that is not {wanted} number",
                "Return one, or NaN where the value does not exist." if self.grid else "Return one.",
                metric=self.name,
                reason=f"not {wanted} number",
            )
        return number


@only_known_keywords()
def metric(
    name: str,
    *,
    unit: str,
    range: tuple[float | None, float | None],
    grid: Grid | None,
    source: str,
    rises: str = "",
    falls: str = "",
    change: Change = "percent",
    default: bool = True,
    headline: bool = True,
) -> Callable[[Callable[[ImageView], float]], Metric]:
    """Make a metric of a function. The arguments are those of `Metric`.

    Raises:
        ConfigError: The name is not `family.name` in lower case, or the range is empty.
    Example:
        >>> from lookoutcv.grids import linear
        >>> @metric("colour.red_share", unit="1", range=(0, 1), grid=linear(0, 1, 100), source="ours")
        ... def red_share(view):
        ...     "Share of red in all light."
        ...     return float(view.pixels[..., 0].sum() / max(int(view.pixels.sum()), 1))
        >>> red_share.title
        'Colour: red share'
    """
    words = name.replace("_", " ").replace(".", " ")

    def decorate(function: Callable[[ImageView], float]) -> Metric:
        return Metric(
            name=name,
            measure=function,
            unit=unit,
            range=range,
            grid=grid,
            source=source,
            rises=rises or f"higher in {words}",
            falls=falls or f"lower in {words}",
            change=change,
            default=default,
            headline=headline,
        )

    return decorate


registry: Registry[Metric] = Registry(METRICS, Metric)
