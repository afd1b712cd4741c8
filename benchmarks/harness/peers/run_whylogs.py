"""whylogs: profiles of both sides and the drift scores of its viewer, with their own thresholds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import whylogs
from whylogs.viz.drift.column_drift_algorithms import calculate_drift_scores
from windows import answer


def verdict_for(baseline: Path, window: Path) -> Mapping[str, bool]:
    """Any column in the category "drift"."""
    before, after = (whylogs.log(pd.read_csv(path)).view() for path in (baseline, window))
    scores = calculate_drift_scores(target_view=after, reference_view=before, with_thresholds=True)
    categories = [score.get("drift_category") for score in scores.values() if score]
    return {"any column": "DRIFT" in categories}


answer(verdict_for)
