"""NannyML: its univariate and its multivariate drift calculator, as they are installed, the window as one chunk."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path

import nannyml
import pandas as pd
from windows import answer


def verdict_for(baseline: Path, window: Path) -> Mapping[str, bool]:
    """An alert on any column; an alert of the reconstruction error."""
    before, after = pd.read_csv(baseline), pd.read_csv(window)
    columns = list(before.columns)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        single = nannyml.UnivariateDriftCalculator(column_names=columns, chunk_size=len(after))
        joint = nannyml.DataReconstructionDriftCalculator(column_names=columns, chunk_size=len(after))
        found = {
            "any column": single.fit(before).calculate(after),
            "reconstruction error": joint.fit(before).calculate(after),
        }
    return {rule: _alerts(result.filter(period="analysis").to_df()) for rule, result in found.items()}


def _alerts(table: pd.DataFrame) -> bool:
    return any(bool(table[column].any()) for column in table.columns if column[-1] == "alert")


answer(verdict_for)
