"""Evidently: the preset for data drift, as it is installed."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset
from windows import answer


def verdict_for(baseline: Path, window: Path) -> Mapping[str, bool]:
    """Any column drifts; or half of them do, which the preset calls drift of the data set."""
    before, after = pd.read_csv(baseline), pd.read_csv(window)
    definition = DataDefinition(numerical_columns=list(before.columns))
    sides = [Dataset.from_pandas(side, data_definition=definition) for side in (after, before)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = Report([DataDriftPreset()]).run(*sides).dict()
    columns = next(one["value"] for one in found["metrics"] if "DriftedColumnsCount" in one["metric_name"])
    return {"any column": columns["count"] >= 1, "half of the columns": columns["share"] >= 0.5}


answer(verdict_for)
