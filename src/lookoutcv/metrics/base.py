"""What a metric is: a function from an image to one number, with its unit, range, grid and source beside it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from lookoutcv.errors import ConfigError, MetricFailed, UnknownPlugin
from lookoutcv.grids import Grid
from lookoutcv.pixels.view import ImageView
from lookoutcv.plugins import Registry

Change = Literal["percent", "points", "log", "absolute"]


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
            "log" for logarithms of ratios (a difference d is exp(d) - 1 in percent), or "absolute" in the unit.
        default: Measured unless other metrics are asked for.
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

    @property
    def title(self) -> str:
        """The name for people: `sharpness.high_frequency` is "Sharpness: high frequency"."""
        family, _, rest = self.name.partition(".")
        return f"{family.replace('_', ' ').capitalize()}: {rest.replace('_', ' ').replace('.', ' ')}"

    @property
    def summary(self) -> str:
        """The first line of the function's docstring."""
        return (self.measure.__doc__ or "").strip().partition("\n")[0]

    def __call__(self, view: ImageView) -> float:
        """Measure one image.

        Raises:
            MetricFailed: The function raised, or returned something that is not a finite number or NaN. NaN means
                that the value does not exist for this image.
        """
        try:
            value = self.measure(view)
            number = int(value) if self.grid is None else float(value)
        except Exception as reason:  # a user's function: anything may happen
            raise MetricFailed(
                f"the metric {self.name!r} failed ({type(reason).__name__}: {reason})",
                "Correct it, or leave it out with --metrics.",
                metric=self.name,
                reason=str(reason),
            ) from reason
        if math.isinf(number):
            raise MetricFailed(
                f"the metric {self.name!r} returned an infinite number",
                "Return a finite number, or NaN where the value does not exist.",
                metric=self.name,
                reason="infinite",
            )
        return number


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
) -> Callable[[Callable[[ImageView], float]], Metric]:
    """Make a metric of a function. The arguments are those of `Metric`.

    Raises:
        ConfigError: The name is not `family.name` in lower case.
    Example:
        >>> from lookoutcv.grids import linear
        >>> @metric("colour.red_share", unit="1", range=(0, 1), grid=linear(0, 1, 100), source="ours")
        ... def red_share(view):
        ...     "Share of red in all light."
        ...     return float(view.pixels[..., 0].sum() / max(int(view.pixels.sum()), 1))
        >>> red_share.title
        'Colour: red share'
    """
    family, _, rest = name.partition(".")
    if not (family and rest and name == name.lower() and all(c.isalnum() or c in "._" for c in name)):
        raise ConfigError(f"{name!r} is no name for a metric", "Name it `family.name`, in lower case.", key=name)
    words = rest.replace("_", " ").replace(".", " ")

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
        )

    return decorate


registry: Registry[Metric] = Registry("lookoutcv.metrics", Metric, "metric")


def selected(names: str | Sequence[str | Metric] | None = None) -> list[Metric]:
    """The metrics that a `metrics` argument names.

    Args:
        names: None or "default" for the default ones, "all" for every one, else names, families ("colour"),
            `CVMetrics` members or `Metric` objects, in a sequence or separated by commas.
    Raises:
        UnknownPlugin: A name that no metric and no family has.
    Example:
        >>> [m.name for m in selected("exposure.brightness,noise")]
        ['exposure.brightness', 'noise.sigma']
    """
    wanted: Iterable[str | Metric]
    wanted = ["default"] if names is None else names.split(",") if isinstance(names, str) else names
    chosen: dict[str, Metric] = {}
    for item in wanted:
        for spec in [item] if isinstance(item, Metric) else _named(item.strip()):
            chosen[spec.name] = spec
    return list(chosen.values())


def _named(name: str) -> list[Metric]:
    if name == "all":
        return list(registry)
    if name == "default":
        return [spec for spec in registry if spec.default]
    family = [spec for spec in registry if spec.name.startswith(f"{name}.")]
    return family or [registry.get(name)]


class _Catalogue:
    """The metrics by attribute: `CVMetrics.CONTRAST` is the name "exposure.contrast".

    A lazy view of the registry: the attribute is the metric's whole name in capitals (`EXPOSURE_CONTRAST`), or its
    last part where only one metric has it (`CONTRAST`).
    """

    def __getattr__(self, attribute: str) -> str:
        if attribute.startswith("_"):
            raise AttributeError(attribute)
        names = registry.names()
        whole = [n for n in names if _capitals(n) == attribute]
        last = [n for n in names if _capitals(n.partition(".")[2]) == attribute]
        if whole or len(last) == 1:
            return (whole or last)[0]
        nearest = [_capitals(n) for n in last]
        try:
            registry.get(attribute.lower())
        except UnknownPlugin as error:
            nearest = nearest or [_capitals(str(n)) for n in error.fields["nearest"]]  # type: ignore[attr-defined]
        raise AttributeError(
            f"no metric is called {attribute}" + (f"; did you mean {' or '.join(nearest)}?" if nearest else "")
        )

    def __iter__(self) -> Iterator[str]:
        return iter(registry.names())

    def __len__(self) -> int:
        return len(registry.names())

    def __contains__(self, name: object) -> bool:
        return name in registry

    def __dir__(self) -> list[str]:
        names = registry.names()
        return sorted({_capitals(n) for n in names} | {_capitals(n.partition(".")[2]) for n in names})

    def __repr__(self) -> str:
        return "CVMetrics"


def _capitals(name: str) -> str:
    return name.replace(".", "_").upper()


CVMetrics = _Catalogue()
