from __future__ import annotations

from dataclasses import replace

import pytest

from lookoutcv.reports.sections.headline import headline
from lookoutcv.results.severity import DRIFTED, Severity
from report_to_draw import NO_DRIFT, REPORT, TOO_FEW


@pytest.mark.parametrize("level", DRIFTED)
def test_the_headline_says_how_bad_it_is(level: Severity) -> None:
    assert headline(replace(REPORT, severity=level)) == f"Drift detected: {level} severity"


def test_the_headline_never_says_no_drift_of_too_few_images() -> None:
    assert headline(TOO_FEW) == "Too few images to say"
    assert headline(NO_DRIFT) == "No drift detected"
    assert headline(replace(NO_DRIFT, p_value=1e-9)) == "No drift: the difference is detectable, but negligible"
