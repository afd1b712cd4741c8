"""`lookout monitor`: compare today's images with a baseline."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from lookoutcv.cli.parameters import GROUP_BY, PICTURING, PLACE, REPORTING, PolicyOption, SourceArgument, takes
from lookoutcv.cli.printing.report import Reporting, report_on


@takes(dividing=GROUP_BY, reporting=REPORTING, options=PICTURING)
def monitor(
    source: SourceArgument,
    baseline: Annotated[Path, typer.Option("--baseline", "-b", help="The baseline to compare with."), PLACE],
    policy: PolicyOption = "default",
    other_model: Annotated[
        bool, typer.Option("--other-model", help="Allow a model that is not the baseline's own.")
    ] = False,
    *,
    dividing: dict[str, Any],
    reporting: dict[str, Any],
    options: dict[str, Any],
) -> None:
    """Say whether images changed since the baseline, how sure that is, how bad it is, and which images show it."""
    import lookoutcv as lo

    report_on(
        f"Measuring {source}",
        lambda progress: lo.monitor(
            source,
            baseline=baseline,
            policy=policy,
            other_model=other_model,
            **dividing,
            **options,
            progress=progress,
        ),
        Reporting(**reporting),
    )
