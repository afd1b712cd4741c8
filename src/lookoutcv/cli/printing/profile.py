"""The distributions of metrics as a table in a terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from lookoutcv.cli.printing.tables import print_table
from lookoutcv.records.schema import metric_names

if TYPE_CHECKING:
    from lookoutcv.profiles.profile import Profile


def print_profile(profile: Profile) -> None:
    """Each metric's extremes, quantiles and median."""
    rows = [
        (name, *(number(values[key]) for key in ("minimum", "p05", "median", "p95", "maximum")))
        for name, values in summary(profile).items()
    ]
    print_table(("metric", "min", "5%", "median", "95%", "max"), rows)


def summary(profile: Profile) -> dict[str, dict[str, float | None]]:
    """By metric, its mean, extremes and quantiles; of what measurers measured those of the sample."""
    counted = {
        name: {
            "mean": histogram.mean,
            "minimum": histogram.quantile(0.0),
            "p05": histogram.quantile(0.05),
            "median": histogram.quantile(0.5),
            "p95": histogram.quantile(0.95),
            "maximum": histogram.quantile(1.0),
        }
        for name, histogram in profile.histograms.items()
    }
    names = [name for name in metric_names(profile.sample.schema) if name not in counted]
    return counted | {name: _of_sample(profile.sample.column(name).drop_null().to_numpy()) for name in names}


def _of_sample(values: np.ndarray[Any, Any]) -> dict[str, float | None]:
    keys = ("minimum", "p05", "median", "p95", "maximum")
    if not len(values):
        return dict.fromkeys(("mean", *keys))
    quantiles = np.quantile(values, (0, 0.05, 0.5, 0.95, 1))
    return {"mean": float(values.mean()), **dict(zip(keys, map(float, quantiles), strict=True))}


def number(value: float | None) -> str:
    """A number with four digits, or `-`."""
    if value is None or math.isnan(value):
        return "-"
    return f"{value:,.4g}" if abs(value) < 10_000 else f"{value:,.0f}"
