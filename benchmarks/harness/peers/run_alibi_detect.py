"""alibi-detect: KSDrift, Kolmogorov-Smirnov on every metric with Bonferroni's correction, at 1%."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from alibi_detect.cd import KSDrift
from windows import answer


def verdict_for(baseline: Path, window: Path) -> Mapping[str, bool]:
    """KSDrift has one answer for all features."""
    before, after = (np.loadtxt(path, delimiter=",", skiprows=1, dtype=np.float32) for path in (baseline, window))
    detector = KSDrift(before, p_val=0.01, correction="bonferroni")
    return {"KSDrift at 1%": detector.predict(after)["data"]["is_drift"] == 1}


answer(verdict_for)
