"""`lookout compare`: compare any two sets of images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lookoutcv.cli.parameters import verb
from lookoutcv.cli.printing.report import report_on

if TYPE_CHECKING:
    from lookoutcv.measuring.measuring_settings import Options
    from lookoutcv.monitoring.monitoring_settings import CompareSettings
    from lookoutcv.progress import Progress
    from lookoutcv.reports.report_settings import ReportSettings
    from lookoutcv.results.drift_report import DriftReport


@verb("compare")
def compare(settings: CompareSettings, reporting: ReportSettings, options: Options) -> None:
    """Compare and report; what it can be told is declared in `monitoring.monitoring_settings`."""
    import lookoutcv as lo

    def make(progress: Progress | None) -> DriftReport:
        options["progress"] = progress
        return lo.compare(
            settings.a,
            settings.b,
            policy=settings.policy,
            batch_by=settings.batch_by,
            group_by=settings.group_by,
            **options,
        )

    report_on(f"Comparing {settings.a} with {settings.b}", make, reporting)
