"""The gates that both sides of a comparison passed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from lookoutcv.calls.option_names import option
from lookoutcv.files.outputs import refuse_inputs
from lookoutcv.measuring.baseline import Baseline
from lookoutcv.measuring.collect_any import holds_records, records_pass_no_gate
from lookoutcv.measuring.options import Plan
from lookoutcv.measuring.records import Records
from lookoutcv.profiles.profile import Profile
from lookoutcv.sources import RecordSource, open_source
from lookoutcv.sources.input_paths import input_paths


def gates_compared(baseline: Baseline, how: Plan) -> tuple[Profile, list[str]]:
    """The baseline's profile, and what is to be said of its gate.

    What its gate found counts only where the window passes the same gate.
    """
    own = None if how.screen is None else how.screen.gate.identity
    if baseline.gate == own:
        return baseline.profile, []
    without = replace(baseline.profile, counts={**baseline.profile.counts, "gate": {}})
    if baseline.gate is None:
        return without, []
    if own is None:
        gate = option("gate")
        return without, [f"The baseline's images passed a gate, and the window's did not: give {gate}, too."]
    said = "The baseline's images passed another gate than the window's: what both find unfit is not compared."
    return without, [said]


def refuse_rejects(how: Plan, *sources: Any, known: Sequence[Baseline | None] = ()) -> None:
    """Refuse a folder for unfit images that lies in what is read, and images that cannot be moved, before any is.

    Args:
        how: What is to be measured, and the gate.
        sources: What is read.
        known: Of two sides, those that are baselines; each of the others is looked through before one is measured.
    Raises:
        OutputUnwritable: The folder lies in a source.
        ConfigError: An image of a side is no file, or a side holds records.
    """
    if how.screen is None or how.screen.rejects is None:
        return
    from lookoutcv.gate.screening import refuse_unmovable  # noqa: PLC0415 - who asks no gate pays for none

    refuse_inputs(how.screen.rejects, input_paths(how.screen.rejects, *sources))
    for side, baseline in zip(sources, known, strict=False):
        if baseline is not None:
            continue
        source = side if isinstance(side, Records) or holds_records(side) else open_source(side)
        if isinstance(source, Records | RecordSource | str | os.PathLike):
            raise records_pass_no_gate()
        refuse_unmovable(how.screen, source)
