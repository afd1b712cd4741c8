"""The distributions of metrics as a table in a terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lookoutcv.cli.printing.tables import print_table

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
    """By metric, its mean, extremes and quantiles."""
    return {
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


def number(value: float | None) -> str:
    """A number with four digits, or `-`."""
    if value is None or math.isnan(value):
        return "-"
    return f"{value:,.4g}" if abs(value) < 10_000 else f"{value:,.0f}"
