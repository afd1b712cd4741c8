"""Mean, spread, extremes and quantiles of red, green, blue and luma, on a scale from 0 (black) to 1 (full)."""

from __future__ import annotations

from lookoutcv.grids import linear
from lookoutcv.metrics.base import Metric, metric
from lookoutcv.pixels.view import CHANNELS, QUANTILES, ImageView

_MEAN_GRID = linear(0, 1, 255)
# One cell for each of the 256 levels, the level in its middle: rounding cannot move a value to a neighbouring cell.
_LEVEL_GRID = linear(-0.5 / 255, 255.5 / 255, 256)
_SPREAD_GRID = linear(0, 0.5, 250)
_QUANTILE_NAMES = ("min", "p05", "p25", "p50", "p75", "p95", "max")
_QUANTILE_WORDS = ("minimum", "5% quantile", "25% quantile", "median", "75% quantile", "95% quantile", "maximum")


def _mean(channel: int) -> Metric:
    name = CHANNELS[channel]

    def measure(view: ImageView) -> float:
        return view.means[channel] / 255

    measure.__doc__ = f"Mean of {name}."
    decorate = metric(
        f"{name}.mean",
        unit="1",
        range=(0, 1),
        grid=_MEAN_GRID,
        source="Arithmetic mean, from the exact 256-bin histogram",
        rises=f"stronger in {name}",
        falls=f"weaker in {name}",
        default=name != "luma",
        headline=False,
    )
    return decorate(measure)


def _std(channel: int) -> Metric:
    name = CHANNELS[channel]

    def measure(view: ImageView) -> float:
        return view.stds[channel] / 255

    measure.__doc__ = f"Standard deviation of {name} over the image."
    decorate = metric(
        f"{name}.std",
        unit="1",
        range=(0, 0.5),
        grid=_SPREAD_GRID,
        source="Population standard deviation, from the exact 256-bin histogram",
        rises=f"more varied in {name}",
        falls=f"less varied in {name}",
        default=name != "luma",
        headline=False,
    )
    return decorate(measure)


def _quantile(channel: int, position: int) -> Metric:
    name, part = CHANNELS[channel], _QUANTILE_NAMES[position]

    def measure(view: ImageView) -> float:
        return float(view.quantiles[channel, position]) / 255

    words = _QUANTILE_WORDS[position]
    measure.__doc__ = f"{words.capitalize()} of {name}."
    decorate = metric(
        f"{name}.{part}",
        unit="1",
        range=(0, 1),
        grid=_LEVEL_GRID,
        source="Hyndman & Fan 1996, definition 1, from the exact 256-bin histogram",
        rises=f"higher in the {words} of {name}",
        falls=f"lower in the {words} of {name}",
        default=False,
        headline=False,
    )
    return decorate(measure)


means = [_mean(channel) for channel in range(len(CHANNELS))]
stds = [_std(channel) for channel in range(len(CHANNELS))]
quantiles = [_quantile(c, q) for c in range(len(CHANNELS)) for q in range(len(QUANTILES))]
