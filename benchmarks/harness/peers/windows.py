"""The protocol of the runners: windows as pairs of CSV files, verdicts as JSON. Needs the standard library only."""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path


def answer(verdict_for: Callable[[Path, Path], Mapping[str, bool]]) -> None:
    """Judge each pair `NNN-baseline.csv`, `NNN-window.csv` of the folder named first; write to the file named second.

    Args:
        verdict_for: Given both files, says for each of its rules whether the window is drift.
    """
    folder, target = Path(sys.argv[1]), Path(sys.argv[2])
    verdicts: dict[str, list[bool]] = defaultdict(list)
    before = time.process_time()
    for baseline in sorted(folder.glob("*-baseline.csv")):
        window = baseline.with_name(baseline.name.replace("-baseline", "-window"))
        for rule, drifted in verdict_for(baseline, window).items():
            verdicts[rule].append(bool(drifted))
    target.write_text(json.dumps({"verdicts": verdicts, "seconds": time.process_time() - before}))
