"""CleanVision: its default checks on every file of a folder, in one process. It has no windows; its time counts."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from cleanvision import Imagelab

folder, target = sys.argv[1:]
seconds = 0.0
for _ in range(2):  # the first round imports and compiles what it needs; the second counts
    before = time.process_time()
    Imagelab(data_path=folder).find_issues(n_jobs=1, verbose=False)
    seconds = time.process_time() - before
Path(target).write_text(json.dumps({"verdicts": {}, "seconds": seconds}))
