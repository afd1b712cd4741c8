"""`lookout compare`: compare any two sets of images."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from lookoutcv.cli.parameters import BATCH_BY, GROUP_BY, PICTURING, PLACE, REPORTING, PolicyOption, takes
from lookoutcv.cli.printing.report import Reporting, report_on


@takes(dividing={**BATCH_BY, **GROUP_BY}, reporting=REPORTING, options=PICTURING)
def compare(
    a: Annotated[str, typer.Argument(metavar="A", help="Before: a source, a record file or a baseline."), PLACE],
    b: Annotated[str, typer.Argument(metavar="B", help="After: a source, a record file or a baseline."), PLACE],
    policy: PolicyOption = "default",
    *,
    dividing: dict[str, Any],
    reporting: dict[str, Any],
    options: dict[str, Any],
) -> None:
    """Compare two sources, record files or baselines."""
    import lookoutcv as lo

    report_on(
        f"Comparing {a} with {b}",
        lambda progress: lo.compare(a, b, policy=policy, **dividing, **options, progress=progress),
        Reporting(**reporting),
    )
