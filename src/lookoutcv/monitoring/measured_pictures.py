"""What measurers show where what they measured has moved: images of the window beside typical ones of the baseline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lookoutcv.drift.describe.measured_shift import measured_rows, most_unlike
from lookoutcv.measuring.baseline import Baseline
from lookoutcv.measuring.collect import Collection
from lookoutcv.measuring.gallery import with_measured_pictures
from lookoutcv.measuring.options import Plan
from lookoutcv.records.measurer import Measurer
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.images.measured_examples import MeasuredExample, MeasuredExamples
from lookoutcv.results.severity import Severity

_MOST = 8


def measured_pictures(
    report: DriftReport, baseline: Baseline, window: Collection, how: Plan, *, typical_shown: bool
) -> Iterator[MeasuredExamples]:
    """For each measurer that makes pictures and of which a column moved: the images that show it.

    Args:
        report: Of the comparison.
        baseline, window: Both sides.
        how: Its measurers, thumbnails and redaction count.
        typical_shown: Whether the pictures of the baseline may be seen.
    """
    moved = {metric.name for metric in report.metrics if metric.severity > Severity.NONE}
    for measurer in how.measurers:
        names = [column.name for column in measurer.columns if column.name in moved]
        if measurer.pictures is None or not names:
            continue
        found = most_unlike(
            measured_rows(baseline.profile.sample, names), measured_rows(window.profile.sample, names), names, _MOST
        )
        chosen = [MeasuredExample(one.id, one.score, one.reasons) for one in found]
        pictured = with_measured_pictures(chosen, measurer, window.source, how)
        maker, typical = measurer.pictures, _typical(baseline, measurer, typical_shown)
        yield MeasuredExamples(measurer.name, maker.title, maker.legend, pictured, typical)


def _typical(baseline: Baseline, measurer: Measurer, shown: bool) -> list[MeasuredExample]:
    known = [
        one for examples in baseline.measured_typical if examples.measurer == measurer.name for one in examples.baseline
    ]
    return known if shown else [replace(one, thumbnail=None) for one in known]


def has_pictures(baseline: Baseline) -> bool:
    """Whether an image can be seen in a baseline."""
    drawn = [one.thumbnail for examples in baseline.measured_typical for one in examples.baseline]
    return any(drawn) or any(one.thumbnail for one in baseline.typical)
