from __future__ import annotations

import subprocess
import sys

from lookoutcv.reports.views.drift_report import drift_brief, drift_document
from report_to_draw import REPORT


def test_the_brief_view_holds_answer_changes_and_notes() -> None:
    assert [one.heading for one in drift_brief(REPORT).sections] == ["Key figures", "What changed", "Notes"]
    assert drift_document(REPORT).verdict.headline == drift_brief(REPORT).verdict.headline
    # The whole document has a summary, so its banner does not say the same.
    assert drift_brief(REPORT).verdict.text == REPORT.summary
    assert drift_document(REPORT).verdict.text.startswith(
        "300 images of the window against 3,068 of the baseline (p < 0.0001; drift"
    )
    assert drift_document(REPORT).sections[0].heading == "Summary"


def test_a_report_is_drawn_without_statistics() -> None:
    heavy = "[m for m in ('scipy', 'cv2', 'pyarrow') if m in sys.modules]"
    program = f"import sys, lookoutcv.reports.views.every_result; print({heavy})"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
