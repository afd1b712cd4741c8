"""`lookout monitor`: compare today's images with a baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lookoutcv.cli.parameters import verb
from lookoutcv.cli.printing.report import DRIFT, report_on

if TYPE_CHECKING:
    from lookoutcv.measuring.measuring_settings import Options
    from lookoutcv.monitoring.monitoring_settings import MonitorSettings
    from lookoutcv.progress import Progress
    from lookoutcv.reports.report_settings import ReportSettings
    from lookoutcv.results.drift_report import DriftReport


@verb("monitor")
def monitor(settings: MonitorSettings, reporting: ReportSettings, options: Options) -> None:
    """Compare and report; what it can be told is declared in `monitoring.monitoring_settings`."""
    import lookoutcv as lo

    def make(progress: Progress | None) -> DriftReport:
        options["progress"] = progress
        try:
            return lo.monitor(
                settings.source,
                baseline=settings.baseline,
                policy=settings.policy,
                other_model=settings.other_model,
                group_by=settings.group_by,
                **options,
            )
        except lo.errors.NoImages as error:
            # A window of which a gate lets nothing through was looked at: whoever stops at drift stops at this.
            if reporting.fail_on is not None and error.fields.get("unfit"):
                error.exit_code = DRIFT
            raise

    report_on(f"Measuring {settings.source}", make, reporting)
